/** The text that `ahi-emulator --help` prints. */
export const helpText: string = `Usage: ahi-emulator [options] [PATH...]

Runs a local AWS HealthImaging until it is interrupted.

Options:
  --import PATH         import this DICOM file or folder (repeatable)
  --data DIR            folder for the data (default: a temporary folder, removed at exit)
  --port N              port to listen on (default: any free port)
  --host ADDRESS        address to listen on (default: 127.0.0.1, this machine only)
  --region NAME         region in ARNs and signatures (default: us-east-1)
  --s3-endpoint URL     S3 endpoint for s3:// folders of import jobs (default: only file:// folders)
  --access-key ID:SECRET
                        require requests to be signed with this key (repeatable)
  --bearer-token TOKEN  accept this bearer token for DICOMweb (repeatable)
  --quotas              answer 429 above the request rates that the service documents
  --faults FILE         inject faults by the JSON rules in this file (see the README)
  --json                print one line of JSON when ready
  -h, --help            print this help
  -V, --version         print the version

Examples:
  npx @ahi-dicom/ahi-emulator --import ./studies
  npx @ahi-dicom/ahi-emulator --data ./local-ahi --port 9000 --access-key test:secret
`
