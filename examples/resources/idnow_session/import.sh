# ENVIRONMENT/SESSION_ID
terraform import idnow_session.applicant staging/0197c55f-5af6-7e3d-af9b-f2359b104be8
