/** Texts that follow the options in the help of the program and of each command. */

/** The layout of an export when `--layout` is not given. */
export const defaultLayout: string = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'

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

export const datastores: string = `Examples:
  ahi-dicom datastores
  ahi-dicom datastores --json --profile radiology --region us-west-2`

export const search: string = `AHI combines one of the identifying filters with one range of dates.

Examples:
  ahi-dicom search
  ahi-dicom search --study 1.2.840.113619.2.30.1
  ahi-dicom search --accession A123 --show-patient
  ahi-dicom search --updated-since 2024-05-01 --json`

export const series: string = `Example:
  ahi-dicom series --study 1.2.840.113619.2.30.1`

export const metadata: string = `Examples:
  ahi-dicom metadata 5f1d3a0c7b9e4f2a8c6d0e1b3a5c7d9f > metadata.json
  ahi-dicom metadata 5f1d3a0c7b9e4f2a8c6d0e1b3a5c7d9f --version-id 1`

export const exporting: string = `Beside the data, --out gets manifest.ndjson (a line for each file), errors.ndjson (a line for each failure),
warnings.ndjson (what to know of written instances), summary.json and flushed.json (how much of the manifest survives a
power cut). --resume also writes files again that other options have made. A keyword in braces in --layout stands for the
value of that attribute.

Examples:
  ahi-dicom export 1.2.840.113619.2.30.1 --out ./study                    a study
  ahi-dicom export STUDY_UID/SERIES_UID --out ./series --format dcm,png   a series, with pictures
  ahi-dicom export STUDY_UID --out ./first --format png --frame 1         a picture of each instance
  ahi-dicom export --all --out ./everything --transfer-syntax stored      all, as AHI stores it
  ahi-dicom export --all --out ./everything --resume                      what is still missing
  ahi-dicom search --json | jq -r .imageSetId | ahi-dicom export - --out ./found`

export const verify: string = `Example:
  ahi-dicom verify ./study`

export const emulate: string = `Examples:
  ahi-dicom emulate --import ./dicom
  ahi-dicom emulate --data ./local-ahi --port 9000`

export const demo: string = `Example:
  ahi-dicom demo --out ./demo`
