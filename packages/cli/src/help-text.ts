/** Help texts that belong to no single command. */

export const program: string = `Start here:
  ahi-dicom demo                                  try it without AWS
  ahi-dicom datastores                            list your data stores
  ahi-dicom search --datastore-id ID              list its image sets
  ahi-dicom export STUDY_UID --datastore-id ID --out ./study
  ahi-dicom verify ./study
  ahi-dicom report ./study                        write a page about it: ./study/index.html
  ahi-dicom COMMAND -h                            show the most used options of a command
  ahi-dicom COMMAND --help                        show all options and examples of a command
  ahi-dicom help exit-codes                       show what the exit codes mean`

export const environment: string = `Environment:
  AHI_DATASTORE_ID                   data store, unless --datastore-id is given
  AWS_PROFILE, AWS_REGION, ...       credentials and region, read as the AWS CLI does
  AWS_ENDPOINT_URL_MEDICAL_IMAGING   endpoint of AHI, unless --endpoint-url is given
  AWS_MAX_ATTEMPTS                   attempts for each request
  NO_COLOR, FORCE_COLOR              turn colours off, or on without a terminal
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY  proxies of your network
  AWS_CA_BUNDLE                      PEM file of certificate authorities to trust instead of Node.js's own
  NODE_EXTRA_CA_CERTS                PEM file of certificate authorities to trust in addition to Node.js's own
  AHI_DICOM_OUT_TOKEN                bearer token of the DICOMweb server in --out
  AHI_DICOM_OUT_PASSWORD             password of --out-user
  AHI_DICOM_REDIS_URL                Redis of a fleet, unless --redis is given
  AHI_DICOM_REDIS_PASSWORD           password of Redis
If the endpoint is on this machine (localhost, 127.0.0.1, [::1]) and AWS is not configured, dummy credentials and a dummy region are used.`

export const selection: string = `Selectors name what to export, list or plan:
  5f1d3a0c7b9e4f2a8c6d0e1b3a5c7d9f   an image set, by its id (ahi-dicom search lists them)
  STUDY_UID                          a study, by StudyInstanceUID
  STUDY_UID/SERIES_UID               a series of a study
  STUDY_UID/SERIES_UID/INSTANCE_UID  an instance of a series
  @FILE                              selectors from a file, one per line
  -                                  selectors from standard input, one per line
  --all                              the whole data store
Lists may have empty lines, and comments: text after a # at the beginning of a line or after a space.

Filters narrow the selection to the instances that match all of them:
  --patient-id, --accession, --study-date, --modality, --sop-class, --created-since, --updated-since
  --where Modality=CT,MR             one of these values
  --where 'StudyDescription=*head*'  * stands for any characters, ? for one
  --where 'SliceThickness<=1.5'      <, <=, >, >= for numbers, dates and times
  --where 'Modality!=CT'             all other values
  --where 'BodyPartExamined=*'       any value; BodyPartExamined= matches if there is none
  --where '00091001=GEMS*'           an attribute by its tag
  --where '(0019,xx0A,CREATOR)=1'    a private attribute by its creator
  --exclude ImageType=LOCALIZER      leave out instances that match a comparison or a selector

A UID alone selects a study. To select series without their study, use --where SeriesInstanceUID=UID,UID.
docs/selection.md lists all forms.`

export const destinations: string = `A destination is the place that an export is written to. --out, verify, report and ping take one:
  DIR                                    a folder of this machine
  s3://BUCKET/PREFIX                     a bucket of Amazon S3, or of another server (--out-endpoint-url)
  NAME.zip, NAME.tar, NAME.tar.gz        an archive (./NAME.zip/ with a slash is a folder)
  -                                      standard output, as a tar
  https://HOST/PATH                      a DICOMweb server (STOW-RS); /studies is added
  dicom://[CALLING@]CALLED@HOST:PORT     a DICOM application entity, such as a PACS (C-STORE)
  dicoms://[CALLING@]CALLED@HOST:PORT    the same with TLS

Exports in folders and buckets can be resumed, synchronised and verified. Archives cannot be resumed: write them again with
--overwrite. They can be verified (a tar.gz after it is unpacked). Servers cannot be read back. Keep the record of the
export in a folder with --record DIR, and --resume sends the missing instances.

ahi-dicom ping DESTINATION checks that an export can be written there.`

export const configuration: string = `A configuration file is a JSON object of options, with their names in camel case. Options at the top apply to all commands,
options below the name of a command to that command:

  { "region": "us-west-2", "datastoreId": "...", "export": { "threads": 4, "format": "dcm,png" } }

Options of the fleet commands are below fleet:

  { "fleet": { "redis": "rediss://redis.example:6379", "work": { "grace": 90 } } }

The command reads ahi-dicom.config.json in the working folder, and the user's ahi-dicom/config.json in XDG_CONFIG_HOME
(default: ~/.config; on Windows: %APPDATA%). --config FILE reads another file instead of both, --no-config reads none.
The command line takes precedence, then the environment, the file in the working folder, and the user's file.`
