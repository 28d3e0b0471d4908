// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package player

// text is the page's words in one language.
type text struct {
	Product, Emulated          string
	Version, Environment       string
	ValidUntil, Steps, Sent    string
	NotSent, NoBlocks          string
	StepData, StepDecide       string
	StepReturn, StepDone       string
	Done, Current, Ahead       string
	Decision, DecisionHint     string
	Accept, Reject, Abort      string
	AcceptHint, RejectHint     string
	AbortHint, Continue, Close string

	states map[State]message
}

// message is the heading of a page.
type message struct{ Heading, Body string }

var languages = map[string]text{
	"en": {
		Product:  "Identity verification",
		Emulated: "This is the emulator: nothing is really verified here.",
		Version:  "Version", Environment: "Environment", ValidUntil: "Open until",
		Steps: "Steps", Sent: "sent", NotSent: "not sent", NoBlocks: "This flow takes no data.",
		StepData: "Data handed over", StepDecide: "Your decision", StepReturn: "Back to", StepDone: "Completion",
		Done: "done", Current: "now", Ahead: "to come",
		Decision: "How does this verification end?", DecisionHint: "Choose the outcome that your test needs.",
		Accept: "Accept", Reject: "Reject", Abort: "Abort",
		AcceptHint: "completed, outcome accepted", RejectHint: "completed, outcome rejected",
		AbortHint: "ended by the person, without an outcome",
		Continue:  "Continue to", Close: "You can close this page.",
		states: map[State]message{
			Open:     {"Welcome", "Please go through the steps of this verification."},
			Waiting:  {"Being processed", "This flow needs nothing from you. It completes by itself."},
			Accepted: {"Verification accepted", "Everything is done."},
			Rejected: {"Verification rejected", "The verification is complete, and it was not accepted."},
			Aborted:  {"Verification aborted", "You have ended the verification before it was complete."},
			Expired:  {"This session has expired", "Its time has run out. Please ask for a new link."},
			Failed:   {"Something went wrong", "The session ended for a technical reason. Please ask for a new link."},
			Unknown:  {"This link is not valid", "No session belongs to it. Please check that the address is complete."},
		},
	},
	"de": {
		Product:  "Identitätsprüfung",
		Emulated: "Dies ist der Emulator: Hier wird nichts wirklich geprüft.",
		Version:  "Version", Environment: "Umgebung", ValidUntil: "Offen bis",
		Steps: "Schritte", Sent: "übergeben", NotSent: "nicht übergeben", NoBlocks: "Dieser Ablauf nimmt keine Daten entgegen.",
		StepData: "Daten übergeben", StepDecide: "Ihre Entscheidung", StepReturn: "Zurück zu", StepDone: "Abschluss",
		Done: "erledigt", Current: "jetzt", Ahead: "folgt",
		Decision: "Wie endet diese Prüfung?", DecisionHint: "Wählen Sie das Ergebnis, das Ihr Test braucht.",
		Accept: "Annehmen", Reject: "Ablehnen", Abort: "Abbrechen",
		AcceptHint: "abgeschlossen, Ergebnis angenommen", RejectHint: "abgeschlossen, Ergebnis abgelehnt",
		AbortHint: "von der Person beendet, ohne Ergebnis",
		Continue:  "Weiter zu", Close: "Sie können diese Seite schließen.",
		states: map[State]message{
			Open:     {"Willkommen", "Bitte gehen Sie die Schritte dieser Prüfung durch."},
			Waiting:  {"In Bearbeitung", "Dieser Ablauf braucht nichts von Ihnen. Er wird von selbst abgeschlossen."},
			Accepted: {"Prüfung angenommen", "Alles ist erledigt."},
			Rejected: {"Prüfung abgelehnt", "Die Prüfung ist abgeschlossen und wurde nicht angenommen."},
			Aborted:  {"Prüfung abgebrochen", "Sie haben die Prüfung beendet, bevor sie abgeschlossen war."},
			Expired:  {"Diese Sitzung ist abgelaufen", "Die Zeit ist um. Bitte fordern Sie einen neuen Link an."},
			Failed:   {"Etwas ist schiefgegangen", "Die Sitzung endete aus technischen Gründen. Bitte fordern Sie einen neuen Link an."},
			Unknown:  {"Dieser Link ist nicht gültig", "Zu ihm gehört keine Sitzung. Bitte prüfen Sie, ob die Adresse vollständig ist."},
		},
	},
	"fr": {
		Product:  "Vérification d’identité",
		Emulated: "Ceci est l’émulateur : rien n’est réellement vérifié ici.",
		Version:  "Version", Environment: "Environnement", ValidUntil: "Ouverte jusqu’au",
		Steps: "Étapes", Sent: "transmis", NotSent: "non transmis", NoBlocks: "Ce parcours ne prend aucune donnée.",
		StepData: "Données transmises", StepDecide: "Votre décision", StepReturn: "Retour à", StepDone: "Clôture",
		Done: "fait", Current: "en cours", Ahead: "à venir",
		Decision: "Comment cette vérification se termine-t-elle ?", DecisionHint: "Choisissez le résultat dont votre test a besoin.",
		Accept: "Accepter", Reject: "Refuser", Abort: "Abandonner",
		AcceptHint: "terminée, résultat accepté", RejectHint: "terminée, résultat refusé",
		AbortHint: "arrêtée par la personne, sans résultat",
		Continue:  "Continuer vers", Close: "Vous pouvez fermer cette page.",
		states: map[State]message{
			Open:     {"Bienvenue", "Veuillez suivre les étapes de cette vérification."},
			Waiting:  {"En cours de traitement", "Ce parcours ne demande rien de votre part. Il se termine de lui-même."},
			Accepted: {"Vérification acceptée", "Tout est terminé."},
			Rejected: {"Vérification refusée", "La vérification est terminée et n’a pas été acceptée."},
			Aborted:  {"Vérification abandonnée", "Vous avez arrêté la vérification avant la fin."},
			Expired:  {"Cette session a expiré", "Le temps est écoulé. Veuillez demander un nouveau lien."},
			Failed:   {"Un problème est survenu", "La session s’est terminée pour une raison technique. Veuillez demander un nouveau lien."},
			Unknown:  {"Ce lien n’est pas valable", "Aucune session ne lui correspond. Veuillez vérifier que l’adresse est complète."},
		},
	},
}
