/** Texts of the help that belong to no command. */

export const program: string = `Start here:
  ahi-dicom demo                                  see it work, without AWS
  ahi-dicom datastores                            your data stores
  ahi-dicom search --datastore-id ID              its image sets
  ahi-dicom export STUDY_UID --datastore-id ID --out ./study
  ahi-dicom verify ./study
  ahi-dicom report ./study                        a page about it: ./study/index.html
  ahi-dicom COMMAND -h                            the most used options and an example of a command
  ahi-dicom COMMAND --help                        all options and examples of a command
  ahi-dicom help exit-codes                       what the exit codes mean`

export const environment: string = `Environment:
  AHI_DATASTORE_ID                   the data store, unless --datastore-id is given
  AWS_PROFILE, AWS_REGION, ...       credentials and region as the AWS CLI finds them
  AWS_ENDPOINT_URL_MEDICAL_IMAGING   the endpoint, unless --endpoint-url is given
  AWS_MAX_ATTEMPTS                   number of attempts of a request
  NO_COLOR, FORCE_COLOR              no colours, or colours even if standard error is not a terminal
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY  proxies of this network
  AWS_CA_BUNDLE                      certificates of this network's authority (PEM), instead of Node.js's own
  NODE_EXTRA_CA_CERTS                certificates in addition to Node.js's own
  AHI_DICOM_OUT_TOKEN                bearer token of the DICOMweb server in --out
  AHI_DICOM_OUT_PASSWORD             password of --out-user
  AHI_DICOM_REDIS_URL                Redis of a fleet, unless --redis is given
  AHI_DICOM_REDIS_PASSWORD           password of Redis
With an endpoint on this machine (localhost, 127.0.0.1, [::1]) and no AWS set-up, dummy credentials and region are used.`

export const selection: string = `Selectors name what to export, list or plan:
  5f1d3a0c7b9e4f2a8c6d0e1b3a5c7d9f   an image set, by its id (ahi-dicom search lists them)
  STUDY_UID                          a study, by StudyInstanceUID
  STUDY_UID/SERIES_UID               a series of a study
  STUDY_UID/SERIES_UID/INSTANCE_UID  an instance of a series
  @FILE                              reads selectors from a file, one a line
  -                                  reads selectors from standard input, one a line
  --all                              the whole data store
In a list, empty lines are ignored, and so is text after a # at the beginning of a line or after a space.

Filters keep some instances of the selectors, or of the whole data store. All of them must hold:
  --patient-id, --accession, --study-date, --modality, --sop-class, --created-since, --updated-since
  --where Modality=CT,MR             one of these values
  --where 'StudyDescription=*head*'  * stands for any characters, ? for one
  --where 'SliceThickness<=1.5'      <, <=, >, >= for numbers, dates and times
  --where 'Modality!=CT'             the opposite
  --where 'BodyPartExamined=*'       any value; BodyPartExamined= for none
  --where '00091001=GEMS*'           an attribute by its tag
  --where '(0019,xx0A,CREATOR)=1'    a private attribute by its creator
  --exclude ImageType=LOCALIZER      leaves out instances by a comparison or a selector

A UID alone selects a study. Select series by --where SeriesInstanceUID=UID,UID.
docs/selection.md lists all forms.`

export const destinations: string = `Destinations are where an export goes, for --out, verify, report and ping:
  DIR                                    a folder of this machine
  s3://BUCKET/PREFIX                     a bucket of Amazon S3, or of another server (--out-endpoint-url)
  NAME.zip, NAME.tar, NAME.tar.gz        an archive; ./NAME.zip/ is a folder of that name
  -                                      a tar on standard output
  https://HOST/PATH                      a DICOMweb server (STOW-RS); /studies is added
  dicom://[CALLING@]CALLED@HOST:PORT     a DICOM application entity, such as a PACS (C-STORE)
  dicoms://[CALLING@]CALLED@HOST:PORT    the same with TLS

Exports in folders and buckets can be resumed, synchronised and verified. An archive is written in one go. It can be
verified (a tar.gz after it is unpacked), and written again with --overwrite. Servers are not read back: with --record DIR,
a folder keeps the record of the export, and --resume sends the missing instances.

ahi-dicom ping DESTINATION says whether an export can be written there.`

export const configuration: string = `A configuration file has options by their names in camel case. Options of every command stand at the top, those of one
command below its name:

  { "region": "us-west-2", "datastoreId": "...", "export": { "threads": 4, "format": "dcm,png" } }

Options of fleet commands are below fleet:

  { "fleet": { "redis": "rediss://redis.example:6379", "work": { "grace": 90 } } }

The command reads ahi-dicom.config.json in the working folder, and the user's ahi-dicom/config.json in XDG_CONFIG_HOME
(default: ~/.config; on Windows: %APPDATA%). --config FILE reads another file instead of both, --no-config reads none.
The command line takes precedence, then the environment, the file in the working folder, and the user's file.`
