/** What `ahi-emulator --help` prints. */
export const helpText: string = `Usage: ahi-emulator [options] [PATH...]

Runs a local AWS HealthImaging until interrupted.

Options:
  --import PATH         DICOM files or folders to import; may be given several times
  --data DIR            the folder that keeps the data (default: a temporary one)
  --port N              the port (default: a free one)
  --host ADDRESS        the address to listen at (default: 127.0.0.1, this machine alone)
  --region NAME         the region of ARNs and signatures (default: us-east-1)
  --s3-endpoint URL     an S3 in which import jobs find s3:// folders; they take file:// folders without it
  --access-key ID:SECRET
                        requests have to be signed with this key, or another given so
  --bearer-token TOKEN  DICOMweb takes this token, or another given so
  --quotas              429 beyond the rates that the service documents
  --faults FILE         inject faults by the JSON rules in this file (see the README)
  --json                one line of JSON once it is ready
  -h, --help            this text
  -V, --version         the version

Examples:
  npx @ahi-dicom/ahi-emulator --import ./studies
  npx @ahi-dicom/ahi-emulator --data ./local-ahi --port 9000 --access-key test:secret
`
