import {
  to = idnow_session.applicant
  identity = {
    environment = "staging"
    session_id  = "0197c55f-5af6-7e3d-af9b-f2359b104be8"
  }
}
