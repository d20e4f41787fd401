/** Texts that follow the options in the help of the program. */

export const program: string = `Start here:
  ahi-dicom demo                                  see it work, with nothing else needed
  ahi-dicom datastores                            your data stores
  ahi-dicom search --datastore-id ID              what is in one
  ahi-dicom export STUDY_UID --datastore-id ID --out ./study
  ahi-dicom verify ./study
  ahi-dicom COMMAND --help                        options and examples of a command`

export const environment: string = `Environment:
  AHI_DATASTORE_ID                   the data store, where --datastore-id is not given
  AWS_PROFILE, AWS_REGION, ...       credentials and region as the AWS CLI finds them
  AWS_ENDPOINT_URL_MEDICAL_IMAGING   the endpoint, where --endpoint-url is not given
With an endpoint on this machine (localhost, 127.0.0.1, [::1]) and no AWS set-up, dummy credentials and region are used.`
