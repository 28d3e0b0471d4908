// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// field is a part of a form; a filename makes it a file.
type formField struct{ name, value, filename, contentType string }

func text(name, value string) formField { return formField{name: name, value: value} }

func upload(name, value string) formField {
	return formField{name, value, "scan.png", "image/png"}
}

// form encodes fields as a browser does.
func form(t testing.TB, fields ...formField) (contentType, body string) {
	t.Helper()
	var buffer bytes.Buffer
	writer := multipart.NewWriter(&buffer)
	for _, f := range fields {
		disposition := fmt.Sprintf(`form-data; name="%s"`, f.name)
		header := textproto.MIMEHeader{}
		if f.filename != "" {
			disposition += fmt.Sprintf(`; filename="%s"`, f.filename)
		}
		header.Set("Content-Disposition", disposition)
		if f.contentType != "" {
			header.Set("Content-Type", f.contentType)
		}
		part, err := writer.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(f.value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return writer.FormDataContentType(), buffer.String()
}

// messages decodes and gives the refusal's status and messages, none if the
// request is taken.
func messages(t testing.TB, doc *Document, contentType, body string) (int, []string) {
	t.Helper()
	_, err := doc.Decode(contentType, strings.NewReader(body))
	if err == nil {
		return http.StatusCreated, nil
	}
	var refused *RejectionError
	if !errors.As(err, &refused) {
		t.Fatalf("Decode: %v", err)
	}
	return refused.Status, refused.Messages
}

const captureInput = `"basicIdentity":{"givenName":"Max","familyName":"Schmidt"},"documentImages":{"documentType":"ID","frontSide":"AAEC"}`

func TestDecodeJSON(t *testing.T) {
	doc := example(t, "document-capture.staging")
	wrap := func(input, rest string) string {
		return `{"input":{` + input + `},"metadata":{"subjectId":"c"}` + rest + `}`
	}
	cases := map[string]struct {
		body string
		want []string // nil: taken
	}{
		"the least":          {wrap(captureInput, ""), nil},
		"everything":         {wrap(captureInput+`,"financialProfile":{"declaredIncome":0.1,"currency":"EUR","priority":9007199254740993,"politicallyExposed":false,"sourcesOfFunds":["a","b"]},"riskContext":{"any":[1,{"x":null}]}`, `,"redirectUrl":"myapp://x","state":"s"`), nil},
		"free metadata":      {`{"input":{` + captureInput + `},"metadata":{"subjectId":"c","locale":"fr","n":[1,2],"o":{"p":true}}}`, nil},
		"empty lists":        {wrap(captureInput+`,"financialProfile":{"sourcesOfFunds":[]},"riskContext":{}`, ""), nil},
		"30 digits":          {wrap(captureInput+`,"financialProfile":{"priority":123456789012345678901234567890}`, ""), nil},
		"not JSON":           {`{"input":`, []string{"the body is not valid JSON: it breaks off or goes wrong at byte 9"}},
		"more after":         {`{} {}`, []string{"the body is not valid JSON: it breaks off or goes wrong at byte 4"}},
		"a list":             {`[]`, []string{"the body must be a JSON object"}},
		"twice":              {`{"metadata":{},"metadata":{}}`, []string{`the body is not valid JSON: the key "metadata" occurs twice in one object`}},
		"not UTF-8":          {"{\"metadata\":\"\xff\"}", []string{"the body is not valid UTF-8"}},
		"too deep":           {strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300), []string{"the body is not valid JSON: it is nested more than 200 deep"}},
		"nothing":            {`{}`, []string{"input.basicIdentity is missing", "metadata is missing"}},
		"no block":           {wrap(`"riskContext":{}`, ""), []string{"input.basicIdentity is missing"}},
		"no leaf":            {wrap(strings.Replace(captureInput, `"givenName":"Max",`, "", 1), ""), []string{"input.basicIdentity.givenName is missing"}},
		"unknown block":      {wrap(captureInput+`,"selfie":{}`, ""), []string{"input.selfie is not known to the flow"}},
		"unknown leaf":       {wrap(strings.Replace(captureInput, `"givenName"`, `"nick":"m","givenName"`, 1), ""), []string{"input.basicIdentity.nick is not known to the flow"}},
		"unknown at the top": {wrap(captureInput, `,"extra":1`), []string{"extra is not known"}},
		"null":               {wrap(strings.Replace(captureInput, `"Max"`, `null`, 1), ""), []string{"input.basicIdentity.givenName must not be null"}},
		"wrong type":         {wrap(strings.Replace(captureInput, `"Max"`, `5`, 1), ""), []string{"input.basicIdentity.givenName must be a string"}},
		"too long":           {wrap(strings.Replace(captureInput, `Max`, strings.Repeat("ß", 151), 1), ""), []string{"input.basicIdentity.givenName must have at most 150 character(s)"}},
		"just long enough":   {wrap(strings.Replace(captureInput, `Max`, strings.Repeat("😀", 150), 1), ""), nil},
		"not in enum":        {wrap(strings.Replace(captureInput, `"ID"`, `"id"`, 1), ""), []string{`input.documentImages.documentType must be one of "ID", "PASSPORT", "DRIVING_LICENCE", "RESIDENCE_PERMIT"`}},
		"no such day":        {wrap(strings.Replace(captureInput, `"givenName"`, `"birthDate":"2023-02-29","givenName"`, 1), ""), []string{"input.basicIdentity.birthDate must be a date such as 1985-08-22"}},
		"pattern":            {wrap(strings.Replace(captureInput, `"givenName"`, `"nationality":"de","givenName"`, 1), ""), []string{`input.basicIdentity.nationality must match the pattern "^[A-Z]{2}$"`}},
		"bad base64":         {wrap(strings.Replace(captureInput, `"AAEC"`, `"AAE"`, 1), ""), []string{"input.documentImages.frontSide must be base64 (standard alphabet, with padding)"}},
		"URL base64":         {wrap(strings.Replace(captureInput, `"AAEC"`, `"_-AA"`, 1), ""), []string{"input.documentImages.frontSide must be base64 (standard alphabet, with padding)"}},
		"a placeholder":      {wrap(strings.Replace(captureInput, `"AAEC"`, `"\u0000file:00"`, 1), ""), []string{"input.documentImages.frontSide must be base64 (standard alphabet, with padding)"}},
		"duplicates":         {wrap(captureInput+`,"financialProfile":{"sourcesOfFunds":["a","a"]}`, ""), []string{"input.financialProfile.sourcesOfFunds has an element twice"}},
		"negative":           {wrap(captureInput+`,"financialProfile":{"priority":-1}`, ""), []string{"input.financialProfile.priority must be at least 0"}},
		"fraction":           {wrap(captureInput+`,"financialProfile":{"priority":1.5}`, ""), []string{"input.financialProfile.priority must be an integer"}},
		"several":            {wrap(`"basicIdentity":{"givenName":1},"documentImages":{"documentType":"X","frontSide":""}`, `,"state":5`), []string{"input.basicIdentity.familyName is missing", "input.basicIdentity.givenName must be a string", `input.documentImages.documentType must be one of "ID", "PASSPORT", "DRIVING_LICENCE", "RESIDENCE_PERMIT"`, "state must be a string"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, got := messages(t, doc, "application/json; charset=utf-8", c.body)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if want := http.StatusBadRequest; c.want != nil && status != want {
				t.Errorf("status %d, want %d", status, want)
			}
		})
	}
}

// TestContract tries the API's own demands against a document that makes none.
func TestContract(t *testing.T) {
	doc := documentOf(t, `{"application/json":{"schema":{}}}`)
	cases := map[string]struct {
		body string
		want []string
	}{
		"the least":            {`{"metadata":{"subjectId":"c"}}`, nil},
		"empty input":          {`{"input":{},"metadata":{"subjectId":"c"}}`, nil},
		"no metadata":          {`{}`, []string{"metadata must be an object with a subjectId"}},
		"metadata as text":     {`{"metadata":"c"}`, []string{"metadata must be an object with a subjectId"}},
		"no subject":           {`{"metadata":{}}`, []string{"metadata.subjectId must be a non-empty string"}},
		"empty subject":        {`{"metadata":{"subjectId":""}}`, []string{"metadata.subjectId must be a non-empty string"}},
		"subject as number":    {`{"metadata":{"subjectId":5}}`, []string{"metadata.subjectId must be a non-empty string"}},
		"unknown locale":       {`{"metadata":{"subjectId":"c","locale":"it"}}`, []string{"metadata.locale must be one of en, de, fr"}},
		"input as list":        {`{"input":[],"metadata":{"subjectId":"c"}}`, []string{"input must be an object"}},
		"input unasked":        {`{"input":{"a":1},"metadata":{"subjectId":"c"}}`, []string{`input.a is not known to the flow`}},
		"long state":           {`{"metadata":{"subjectId":"c"},"state":"` + strings.Repeat("ü", 2048) + `"}`, nil},
		"too long a state":     {`{"metadata":{"subjectId":"c"},"state":"` + strings.Repeat("ü", 2049) + `"}`, []string{"state must be a string of at most 2048 characters"}},
		"deep link":            {`{"metadata":{"subjectId":"c"},"redirectUrl":"myapp://done"}`, nil},
		"opaque deep link":     {`{"metadata":{"subjectId":"c"},"redirectUrl":"myapp:done"}`, nil},
		"relative redirect":    {`{"metadata":{"subjectId":"c"},"redirectUrl":"/done"}`, []string{"redirectUrl must be an absolute URL; deep links such as myapp://done are allowed"}},
		"redirect to script":   {`{"metadata":{"subjectId":"c"},"redirectUrl":"JavaScript:alert(1)"}`, []string{"redirectUrl must be an absolute URL; deep links such as myapp://done are allowed"}},
		"redirect to no host":  {`{"metadata":{"subjectId":"c"},"redirectUrl":"https:///x"}`, []string{"redirectUrl must be an absolute URL; deep links such as myapp://done are allowed"}},
		"redirect as a number": {`{"metadata":{"subjectId":"c"},"redirectUrl":5}`, []string{"redirectUrl must be an absolute URL; deep links such as myapp://done are allowed"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, got := messages(t, doc, "application/json", c.body)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeMultipart(t *testing.T) {
	doc := example(t, "instant-signature.staging")
	least := []formField{
		text("input[basicIdentity][givenName]", "Max"),
		text("input[basicIdentity][familyName]", "Schmidt"),
		text("input[documentsToSign][documents][0][templateId]", "t"),
		upload("input[documentsToSign][documents][0][source]", "%PDF"),
		text("metadata[subjectId]", "c"),
	}
	without := func(name string) []formField {
		return slices.DeleteFunc(slices.Clone(least), func(f formField) bool { return f.name == name })
	}
	with := func(more ...formField) []formField { return append(slices.Clone(least), more...) }
	cases := map[string]struct {
		fields []formField
		want   []string
	}{
		"the least":        {least, nil},
		"all":              {with(text("redirectUrl", "https://example.com/x"), text("state", "s"), text("metadata[locale]", "de"), text("metadata[more]", "x"), text("input[documentsToSign][documents][1][templateId]", "u"), upload("input[documentsToSign][documents][1][source]", "b")), nil},
		"in any order":     {[]formField{least[3], least[4], least[0], least[2], least[1]}, nil},
		"no leaf":          {without("input[basicIdentity][givenName]"), []string{"input.basicIdentity.givenName is missing"}},
		"no file":          {without("input[documentsToSign][documents][0][source]"), []string{"input.documentsToSign.documents[0].source is missing"}},
		"no subject":       {without("metadata[subjectId]"), []string{"metadata is missing"}},
		"nothing":          {nil, []string{"input.basicIdentity is missing", "input.documentsToSign is missing", "metadata is missing"}},
		"unknown leaf":     {with(text("input[basicIdentity][nick]", "m")), []string{"input.basicIdentity.nick is not known to the flow"}},
		"text for a file":  {append(without("input[documentsToSign][documents][0][source]"), text("input[documentsToSign][documents][0][source]", "JVBERg==")), []string{"input.documentsToSign.documents[0].source must be a part of its own with a filename"}},
		"file for a text":  {append(without("input[basicIdentity][givenName]"), upload("input[basicIdentity][givenName]", "Max")), []string{"input.basicIdentity.givenName takes a value, not a file"}},
		"twice":            {with(text("metadata[subjectId]", "d")), []string{`the field "metadata[subjectId]" occurs twice, or once as a value and once as an object`}},
		"value and object": {with(text("metadata", "d")), []string{`the field "metadata" occurs twice, or once as a value and once as an object`}},
		"object and value": {append([]formField{text("metadata", "d")}, least...), []string{`the field "metadata[subjectId]" occurs twice, or once as a value and once as an object`}},
		"gap":              {with(text("input[documentsToSign][documents][2][templateId]", "u")), []string{"input.documentsToSign.documents must be a list whose fields are numbered [0], [1] and so on without a gap"}},
		"no number":        {with(text("input[documentsToSign][documents][x][templateId]", "u")), []string{"input.documentsToSign.documents must be a list whose fields are numbered [0], [1] and so on without a gap"}},
		"odd number":       {with(text("input[documentsToSign][documents][01][templateId]", "u")), []string{"input.documentsToSign.documents must be a list whose fields are numbered [0], [1] and so on without a gap"}},
		"open bracket":     {with(text("input[basicIdentity", "u")), []string{`the brackets of the field name "input[basicIdentity" don't pair up around names`}},
		"empty bracket":    {with(text("input[documentsToSign][documents][]", "u")), []string{`the field name "input[documentsToSign][documents][]" leaves an element of a list without its number`}},
		"too long":         {append(without("input[basicIdentity][givenName]"), text("input[basicIdentity][givenName]", strings.Repeat("x", 151))), []string{"input.basicIdentity.givenName must have at most 150 character(s)"}},
		"unknown locale":   {with(text("metadata[locale]", "it")), []string{`metadata.locale must be one of "en", "de", "fr"`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			contentType, body := form(t, c.fields...)
			_, got := messages(t, doc, contentType, body)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMultipartIsBroken(t *testing.T) {
	doc := example(t, "instant-signature.staging")
	contentType, body := form(t, text("metadata[subjectId]", "c"), upload("input[documentsToSign][documents][0][source]", "content"))
	cases := map[string]struct {
		contentType, body string
		status            int
	}{
		"cut off in a part":   {contentType, body[:len(body)/3], http.StatusBadRequest},
		"cut off at the end":  {contentType, body[:len(body)-8], http.StatusBadRequest},
		"another boundary":    {"multipart/form-data; boundary=xyz", body, http.StatusBadRequest},
		"no boundary":         {"multipart/form-data", body, http.StatusBadRequest},
		"JSON in its place":   {contentType, "{}", http.StatusBadRequest},
		"another media type":  {"application/json", "{}", http.StatusUnsupportedMediaType},
		"no media type":       {"", body, http.StatusUnsupportedMediaType},
		"nonsense media type": {"multipart/", body, http.StatusUnsupportedMediaType},
		"part without a name": {contentType, strings.Replace(body, `name="metadata[subjectId]"`, `x="y"`, 1), http.StatusBadRequest},
		"part of a mail":      {contentType, strings.Replace(body, "form-data; name", "attachment; name", 1), http.StatusBadRequest},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if status, got := messages(t, doc, c.contentType, c.body); status != c.status {
				t.Errorf("status %d %q, want %d", status, got, c.status)
			}
		})
	}
}

// TestFormText reads text as the type that the document asks for.
func TestFormText(t *testing.T) {
	cases := map[string]struct {
		schema, text string
		want         any // nil: refused
	}{
		"text":                 {`{"type":"string"}`, "12", "12"},
		"empty text":           {`{"type":"string"}`, "", ""},
		"integer":              {`{"type":"integer"}`, "9007199254740993", json.Number("9007199254740993")},
		"negative":             {`{"type":"integer"}`, "-7", json.Number("-7")},
		"integer with zeros":   {`{"type":"integer"}`, "007", nil},
		"integer with a plus":  {`{"type":"integer"}`, "+7", nil},
		"integer in words":     {`{"type":"integer"}`, "seven", nil},
		"fraction":             {`{"type":"integer"}`, "1.5", nil},
		"number":               {`{"type":"number"}`, "0.1", json.Number("0.1")},
		"number with exponent": {`{"type":"number"}`, "1e-7", json.Number("1e-7")},
		"hexadecimal":          {`{"type":"number"}`, "0x10", nil},
		"infinity":             {`{"type":"number"}`, "Inf", nil},
		"largest int64":        {`{"type":"integer","format":"int64"}`, "9223372036854775807", json.Number("9223372036854775807")},
		"beyond int64":         {`{"type":"integer","format":"int64"}`, "9223372036854775808", nil},
		"true":                 {`{"type":"boolean"}`, "true", true},
		"True":                 {`{"type":"boolean"}`, "True", nil},
		"1 for true":           {`{"type":"boolean"}`, "1", nil},
		"list in JSON":         {`{"type":"array","items":{"type":"integer"}}`, "[1,2]", []any{json.Number("1"), json.Number("2")}},
		"empty list":           {`{"type":"array","items":{}}`, "[]", []any{}},
		"empty object":         {`{"type":"object"}`, "{}", map[string]any{}},
		"list of others":       {`{"type":"array","items":{"type":"integer"}}`, `["a"]`, nil},
		"list in words":        {`{"type":"array","items":{}}`, "a,b", nil},
		"anything":             {`{}`, "12", "12"},
		"number or text":       {`{"oneOf":[{"type":"integer"},{"type":"string","pattern":"^[a-z]+$"}]}`, "12", json.Number("12")},
		"text or number":       {`{"oneOf":[{"type":"integer"},{"type":"string","pattern":"^[a-z]+$"}]}`, "ab", "ab"},
		"bounded":              {`{"allOf":[{"type":"integer"},{"maximum":3}]}`, "3", json.Number("3")},
		"out of bounds":        {`{"allOf":[{"type":"integer"},{"maximum":3}]}`, "4", nil},
		"base64":               {`{"type":"string","format":"byte"}`, "AAEC", "AAEC"},
		"bad base64":           {`{"type":"string","format":"byte"}`, "A", nil},
		"a number of an enum":  {`{"enum":[1,2.50,true]}`, "2.50", json.Number("2.50")},
		"a boolean of an enum": {`{"enum":[1,2.50,true]}`, "true", true},
		"a text of an enum":    {`{"enum":[1,"2"]}`, "2", "2"},
		"none of an enum":      {`{"enum":[1,"2"]}`, "3", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := inputOf(t, `{"type":"object","properties":{"x":`+c.schema+`}}`)
			contentType, body := form(t, text("input[x]", c.text), text("metadata[subjectId]", "c"))
			got, err := doc.Decode(contentType, strings.NewReader(body))
			if c.want == nil {
				if err == nil {
					t.Fatalf("%q is taken as %v", c.text, got.Body["input"])
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]any{"x": c.want}, got.Body["input"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFormAndJSONMeanTheSame sends one body in both media types.
func TestFormAndJSONMeanTheSame(t *testing.T) {
	doc := example(t, "address-check.staging")
	contentType, body := form(t,
		text("input[basicIdentity][givenName]", "Max"), text("input[basicIdentity][familyName]", "Schmidt"), text("input[basicIdentity][birthDate]", "1985-08-22"),
		text("input[address][street]", "A"), text("input[address][city]", "B"), text("input[address][country]", "DE"),
		text("input[address][previous][0][street]", "C"), text("input[address][previous][0][city]", "D"), text("input[address][previous][0][country]", "FR"),
		text("input[household][head][givenName]", "M"), text("input[household][head][familyName]", "S"), text("input[household][head][adult]", "true"),
		text("input[household][head][dependants][0][givenName]", "N"), text("input[household][head][dependants][0][familyName]", "S"),
		text("input[household][head][dependants][0][dependants][0][givenName]", "O"), text("input[household][head][dependants][0][dependants][0][familyName]", "S"),
		text("input[household][size]", "3"),
		text("input[proof][kind]", "utilityBill"), text("input[proof][provider]", "X"), text("input[proof][amount]", "12.50"),
		text("input[proof][pages][0][number]", "1"), upload("input[proof][pages][0][scan]", "first"), upload("input[proof][pages][1][scan]", "second"),
		text("metadata[subjectId]", "c"))
	fromForm, err := doc.Decode(contentType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := doc.Decode("application/json", strings.NewReader(`{"metadata":{"subjectId":"c"},"input":{
		"basicIdentity":{"givenName":"Max","familyName":"Schmidt","birthDate":"1985-08-22"},
		"address":{"street":"A","city":"B","country":"DE","previous":[{"street":"C","city":"D","country":"FR"}]},
		"household":{"size":3,"head":{"givenName":"M","familyName":"S","adult":true,"dependants":[{"givenName":"N","familyName":"S","dependants":[{"givenName":"O","familyName":"S"}]}]}},
		"proof":{"kind":"utilityBill","provider":"X","amount":12.50,"pages":[{"number":1,"scan":"Zmlyc3Q="},{"scan":"c2Vjb25k"}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	ignoreNames := cmp.Transformer("file", func(f *File) string { return f.SHA256 + string(f.Content) })
	if diff := cmp.Diff(fromJSON.Input, fromForm.Input, ignoreNames); diff != "" {
		t.Error(diff)
	}
	page := fromForm.Body["input"].(map[string]any)["proof"].(map[string]any)["pages"].([]any)[0].(map[string]any)["scan"]
	want := &File{Filename: "scan.png", ContentType: "image/png", Size: 5, SHA256: "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e", Content: []byte("first")}
	if diff := cmp.Diff(any(want), page); diff != "" {
		t.Error(diff)
	}
}

// TestCompositionsOfAddressCheck tries what oneOf, allOf and nullable refuse.
func TestCompositionsOfAddressCheck(t *testing.T) {
	doc := example(t, "address-check.staging")
	wrap := func(identity, rest string) string {
		return `{"metadata":{"subjectId":"c"},"input":{"basicIdentity":{"givenName":"M","familyName":"S","birthDate":"1985-08-22"` + identity + `},"address":{"street":"A","city":"B","country":"DE"}` + rest + `}}`
	}
	cases := map[string]struct {
		body string
		want []string
	}{
		"nullable":              {wrap(`,"title":null`, ""), nil},
		"beyond allOf":          {wrap(`,"nick":"m"`, ""), []string{"input.basicIdentity.nick is not known to the flow"}},
		"no branch":             {wrap("", `,"proof":{"kind":"other"}`), []string{"input.proof fits none, or more than one, of the alternatives that the flow allows"}},
		"branch incomplete":     {wrap("", `,"proof":{"kind":"registryExtract"}`), []string{"input.proof fits none, or more than one, of the alternatives that the flow allows"}},
		"branch":                {wrap("", `,"proof":{"kind":"registryExtract","reference":"de74a1b6-ca7d-4222-ae03-a4292b7da07c"}`), nil},
		"beyond the branch":     {wrap("", `,"proof":{"kind":"registryExtract","reference":"de74a1b6-ca7d-4222-ae03-a4292b7da07c","provider":"x"}`), []string{"input.proof.provider is not known to the flow"}},
		"deep in the recursion": {wrap("", `,"household":{"head":{"givenName":"M","familyName":"S","dependants":[{"givenName":"N","familyName":"S","dependants":[{"givenName":"O"}]}]}}`), []string{"input.household.head.dependants[0].dependants[0].familyName is missing"}},
		"int32":                 {wrap("", `,"proof":{"kind":"utilityBill","provider":"x","pages":[{"scan":"","number":3000000000}]}`), []string{"input.proof fits none, or more than one, of the alternatives that the flow allows"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, got := messages(t, doc, "application/json", c.body)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBranchDecidesTheType has one text mean a number in one branch and a text
// in the other.
func TestBranchDecidesTheType(t *testing.T) {
	doc := inputOf(t, `{"oneOf":[
		{"type":"object","properties":{"kind":{"type":"string","enum":["count"]},"value":{"type":"integer"}}},
		{"type":"object","properties":{"kind":{"type":"string","enum":["name"]},"value":{"type":"string"}}}]}`)
	for kind, want := range map[string]any{"count": json.Number("12"), "name": "12"} {
		contentType, body := form(t, text("metadata[subjectId]", "c"), text("input[kind]", kind), text("input[value]", "12"))
		got, err := doc.Decode(contentType, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if got.Input["value"] != want {
			t.Errorf("%s: %v, want %v", kind, got.Input["value"], want)
		}
	}
}

// TestBranchesTogetherDecide has a form whose fields are of both branches.
func TestBranchesTogetherDecide(t *testing.T) {
	doc := inputOf(t, `{"anyOf":[
		{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},
		{"type":"object","properties":{"b":{"type":"boolean"}},"required":["b"]}]}`)
	contentType, body := form(t, text("metadata[subjectId]", "c"), text("input[a]", "12"), text("input[b]", "true"))
	got, err := doc.Decode(contentType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"a": json.Number("12"), "b": true}, got.Input); diff != "" {
		t.Error(diff)
	}
}

// TestAlternativeThatLeavesRoom has a branch that takes numbers of any name. The
// flow does not name all it takes, so that a further name is no mistake.
func TestAlternativeThatLeavesRoom(t *testing.T) {
	doc := inputOf(t, `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","additionalProperties":{"type":"number"}}]}`)
	for input, taken := range map[string]bool{`{"a":"x","z":"y"}`: true, `{"z":1}`: true, `{"a":1,"z":"y"}`: false} {
		status, got := messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":`+input+`}`)
		if (status == http.StatusCreated) != taken {
			t.Errorf("%s: %d %q", input, status, got)
		}
	}
}

func TestPlacesWithoutAType(t *testing.T) {
	doc := inputOf(t, `{"type":"object","properties":{"free":{},"object":{"type":"object"}}}`)
	contentType, body := form(t, text("metadata[subjectId]", "c"),
		text("input[free][0]", "a"), text("input[free][1]", "b"),
		text("input[object][0]", "a"), text("input[object][7]", "b"),
		formField{name: "input[object][json]", value: `{"n":[1]}`, contentType: "application/json"})
	got, err := doc.Decode(contentType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"free":   []any{"a", "b"},
		"object": map[string]any{"0": "a", "7": "b", "json": map[string]any{"n": []any{json.Number("1")}}},
	}
	if diff := cmp.Diff(want, got.Input); diff != "" {
		t.Error(diff)
	}
}

// TestBranchThatKnowsTheFieldDecides has two open branches, of which either takes
// the field's text, and one alone says that it is a number.
func TestBranchThatKnowsTheFieldDecides(t *testing.T) {
	doc := inputOf(t, `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"n":{"type":"number"}}}]}`)
	contentType, body := form(t, text("input[n]", "0.1"), text("metadata[subjectId]", "c"))
	got, err := doc.Decode(contentType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"n": json.Number("0.1")}, got.Body["input"]); diff != "" {
		t.Error(diff)
	}
}

// TestReadOnlyFieldRequiresNoBlock has a required field that only responses have.
func TestReadOnlyFieldRequiresNoBlock(t *testing.T) {
	doc := documentOf(t, `{"multipart/form-data":{"schema":{"type":"object","required":["input[a][set]"],
		"properties":{"input[a][set]":{"type":"string","readOnly":true},"input[a][b]":{"type":"string"},"metadata[subjectId]":{"type":"string"}}}}}`)
	contentType, body := form(t, text("metadata[subjectId]", "c"))
	if _, err := doc.Decode(contentType, strings.NewReader(body)); err != nil {
		t.Error(err)
	}
}

// OpenAPI says that it should not be sent, not that it must not.
func TestReadOnlyIsNotAskedFor(t *testing.T) {
	doc := inputOf(t, `{"type":"object","required":["id"],"properties":{"id":{"type":"string","readOnly":true},"name":{"type":"string"}}}`)
	for _, input := range []string{`{"name":"n"}`, `{"id":"i"}`} {
		if _, got := messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":`+input+`}`); got != nil {
			t.Errorf("%s: %q", input, got)
		}
	}
}

func TestPatternsAreECMAScript(t *testing.T) {
	cases := map[string]struct {
		pattern, text string
		matches       bool
	}{
		"lookahead holds":      {`^(?=.*[0-9]).{3,}$`, "ab1", true},
		"lookahead fails":      {`^(?=.*[0-9]).{3,}$`, "abc", false},
		"digits are ASCII":     {`^\\d$`, "٣", false},
		"not a pattern":        {`(`, "anything", true},
		"catastrophic pattern": {`^(([a-z])+.)+[A-Z]([a-z])+$`, strings.Repeat("a", 40), true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := inputOf(t, `{"type":"object","properties":{"x":{"type":"string","pattern":"`+c.pattern+`"}}}`)
			status, got := messages(t, doc, "application/json", `{"metadata":{"subjectId":"c"},"input":{"x":"`+c.text+`"}}`)
			if (status == http.StatusCreated) != c.matches {
				t.Errorf("%d %q", status, got)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	cases := map[string]struct{ good, bad []string }{
		"date":      {[]string{"1985-08-22", "2024-02-29"}, []string{"1985-8-22", "22.08.1985", "1985-13-01", "2023-02-29", "1985-08-22T00:00:00Z", ""}},
		"date-time": {[]string{"1985-08-22T10:30:00Z", "1985-08-22T10:30:00.5+02:00", "1985-08-22t10:30:00z", "2016-12-31T23:59:60Z"}, []string{"1985-08-22T10:30:00+24:00", "1985-08-22T10:30:00+02:60", "1985-08-22", "1985-08-22T10:30:00", "1985-08-22 10:30:00Z", "2016-12-31T23:60:00Z"}},
		"email":     {[]string{"a@example.com", "a.b+c@d.example", `"a b"@example.com`, `"a@b"@example.com`, "a@[IPv6:::1]", "a@[127.0.0.1]"}, []string{"a", "a@", "A <a@example.com>", "<a@example.com>", "a@example.com (A)", "a b@example.com", "a@[IPv6:x]", "@[IPv6:::1]", " a@example.com"}},
		"uuid":      {[]string{"de74a1b6-ca7d-4222-ae03-a4292b7da07c", "0197C55F-5AF6-7E3D-AF9B-F2359B104BE8"}, []string{"de74a1b6ca7d4222ae03a4292b7da07c", "x", ""}},
		"uri":       {[]string{"https://example.com/x?y", "urn:x:y", "myapp://x"}, []string{"/x", "example.com", "http://[", "", "https://example.com/a b", "https://example.com/{id}"}},
		"ipv4":      {[]string{"127.0.0.1"}, []string{"::1", "1.2.3", "256.1.1.1"}},
		"ipv6":      {[]string{"::1"}, []string{"127.0.0.1", ":::", "fe80::1%eth0"}},
		"byte":      {[]string{"", "AAEC", "AA==", "AB=="}, []string{"A", "AA", "AA=", "AAE_", "AA\n=="}},
		"colour":    {[]string{"anything"}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := inputOf(t, `{"type":"object","properties":{"x":{"type":"string","format":"`+name+`"}}}`)
			try := func(value string) int {
				raw, err := json.Marshal(map[string]any{"metadata": map[string]any{"subjectId": "c"}, "input": map[string]any{"x": value}})
				if err != nil {
					t.Fatal(err)
				}
				status, _ := messages(t, doc, "application/json", string(raw))
				return status
			}
			for _, value := range c.good {
				if try(value) != http.StatusCreated {
					t.Errorf("%q is refused", value)
				}
			}
			for _, value := range c.bad {
				if try(value) != http.StatusBadRequest {
					t.Errorf("%q is taken", value)
				}
			}
		})
	}
}

// TestMessagesKeepValuesToThemselves plants a value everywhere and looks for it
// in the response.
func TestMessagesKeepValuesToThemselves(t *testing.T) {
	doc := example(t, "document-capture.staging")
	const planted = "PlantedValue"
	leaves := []string{
		`"basicIdentity":{"givenName":["` + planted + `"],"familyName":{"a":"` + planted + `"},"birthDate":"` + planted + `","nationality":"` + planted + `","email":"` + planted + `"}`,
		`"documentImages":{"documentType":"` + planted + `","frontSide":"` + planted + `!"}`,
		`"financialProfile":{"declaredIncome":"` + planted + `","currency":"` + planted + `","politicallyExposed":"` + planted + `","sourcesOfFunds":["` + planted + `","` + planted + `"]}`,
	}
	body := `{"input":{` + strings.Join(leaves, ",") + `},"metadata":{"subjectId":"","locale":"` + planted + `"},"redirectUrl":"` + planted + `","state":"` + strings.Repeat(planted, 200) + `"}`
	for _, sent := range []string{body, body[:len(body)-2], body + planted, `{"a":` + planted} {
		_, got := messages(t, doc, "application/json", sent)
		if len(got) == 0 || strings.Contains(strings.Join(got, "\n"), planted) {
			t.Errorf("%q", got)
		}
	}
}

// TestNothingIsDescribedTwice holds the messages of a body with every kind of
// problem to one for each place and rule.
func TestNothingIsDescribedTwice(t *testing.T) {
	doc := example(t, "document-capture.staging")
	_, got := messages(t, doc, "application/json", `{"input":{"x":1},"metadata":{"locale":"it"},"redirectUrl":"x","state":1}`)
	seen := map[string]bool{}
	for _, message := range got {
		place, _, _ := strings.Cut(message, " ")
		if seen[place] {
			t.Errorf("%s is reported twice in %q", place, got)
		}
		seen[place] = true
	}
}
