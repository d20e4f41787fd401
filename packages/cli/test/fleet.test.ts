import { runCommand } from '@ahi-dicom/cli'
import { describe, expect, test } from 'vitest'
import { isAccepted } from '../src/fleet/accepted.ts'
import { checkPatientFilters } from '../src/fleet/patient-filters.ts'
import { hostDouble } from './support/host-double.ts'

const store = '0123456789abcdef0123456789abcdef'
const bucket = ['--all', '--datastore-id', store, '--out', 's3://bucket/x']

async function refusal(args: readonly string[]): Promise<string> {
  const host = hostDouble()
  const exitCode = await runCommand(['fleet', ...args], host)
  expect({ exitCode, printed: host.printed() }).toEqual({ exitCode: 2, printed: '' })
  return host.said()
}

describe('fleet submit refuses', () => {
  test.each<[string, string[], string]>([
    ['no destination', ['--all'], 'give --out with a folder or a bucket'],
    ['no selection', ['--out', 'x'], 'or give --all'],
    ['an archive', ['--all', '--out', 'x.zip'], 'Cannot export to an archive with a fleet'],
    ['standard output', ['--all', '--out', '-'], 'Cannot export to standard output with a fleet'],
    ['a server', ['--all', '--out', 'https://host/x'], 'or use ahi-dicom export'],
    ['a PACS', ['--all', '--out', 'dicom://PACS@host:104'], 'or use ahi-dicom export'],
    ['an option of another destination', ['--all', '--out', 'x', '--out-sse', 'AES256'], 'it applies to s3://'],
    ['a profile', [...bucket, '--out-profile', 'p'], 'give it to ahi-dicom fleet work'],
    ['a role', [...bucket, '--out-role', 'arn:aws:iam::1:role/r'], 'give it to ahi-dicom fleet work'],
    ['an endpoint', [...bucket, '--out-endpoint-url', 'http://host'], 'give it to ahi-dicom fleet work'],
    ['a number of threads', [...bucket, '--threads', '2'], 'give it to ahi-dicom fleet work'],
    ['a name of a writer', [...bucket, '--out-writer', 'w'], 'under its own name'],
    ['files that are never replaced', [...bucket, '--if-none-match'], 'repeated jobs must replace'],
    ['a dry run', [...bucket, '--dry-run'], 'use ahi-dicom plan'],
    ['resuming', [...bucket, '--resume'], 'submitting a run again continues it'],
    ['a patient', [...bucket, '--patient-id', 'SECRET'], 'ahi-dicom search'],
    ['an accession number', [...bucket, '--accession', 'SECRET'], 'ahi-dicom search'],
    ['a filter by the patient', [...bucket, '--where', 'PatientName=SECRET'], 'Cannot filter a fleet by PatientName'],
    ['an exclusion of a patient', [...bucket, '--exclude', 'PatientID=SECRET'], 'by PatientID'],
    [
      'a layout that names no series',
      [...bucket, '--layout', '{StudyInstanceUID}/{SOPInstanceUID}'],
      'it lacks {SeriesInstanceUID}',
    ],
    ['the layout of media', [...bucket, '--layout', 'media'], 'the layout "media"'],
    ['a DICOMDIR', [...bucket, '--dicomdir'], 'Cannot use --dicomdir with a fleet'],
    ['options that do not go together', [...bucket, '--window', '1,2'], 'give --format png'],
  ])('%s', async (_, args, message) => {
    const said = await refusal(['submit', ...args])
    expect(said).toContain(message)
    expect(said).not.toContain('SECRET')
  })
})

describe('a password of Redis is not shown', () => {
  test.each([
    ['http://user:hunter2@host'],
    ['redis://user:hunter2@'],
    ['redis://user:hunter2@host/database'],
    ['hunter2@host'],
    ['redis://user:hunter2%zz@host'],
  ])('by what refuses %s', async (url) => {
    expect(await refusal(['status', '--redis', url, '--log-level', 'debug'])).not.toContain('hunter2')
  })

  test('by what cannot reach Redis', async () => {
    const host = hostDouble()
    const url = 'redis://user:hunter2@127.0.0.1:1'
    expect(await runCommand(['fleet', 'status', '--redis', url, '--log-level', 'debug'], host)).toBe(5)
    expect(host.said()).toContain('Cannot reach Redis at redis://127.0.0.1:1/0')
    expect(host.said()).not.toContain('hunter2')
  })
})

test('a certificate that is not there is named by its option', async () => {
  const args = ['status', '--redis', 'rediss://127.0.0.1:1', '--redis-ca', '/nowhere/ca.pem']
  expect(await refusal(args)).toContain('Cannot read the file of --redis-ca: ENOENT')
})

test.each([
  ['s3://bucket/a', ['s3://bucket'], true],
  ['s3://bucket/a', ['s3://bucket/a'], true],
  ['s3://bucket/ab', ['s3://bucket/a'], false],
  ['s3://bucket-of-others/a', ['s3://bucket'], false],
  ['/mnt/exports/a', ['s3://bucket', '/mnt/exports'], true],
  ['/mnt/exports-of-others', ['/mnt/exports'], false],
  ['/etc', ['/'], true],
  ['/etc', undefined, true],
  ['/etc', [], false],
])('%s below %s: %s', (destination, accepted, expected) => {
  expect(isAccepted(destination, accepted)).toBe(expected)
})

test.each([
  'PatientName=A',
  'PatientID!=1',
  '00100010=A',
  '(0010,0020)=A',
  'PatientBirthDate>=1950',
  'AccessionNumber=A1',
  'ClinicalTrialSubjectID=7',
  'ServiceEpisodeID=E1',
  'RequestAttributesSequence.AccessionNumber=A1',
  'ReferringPhysicianName=*',
  '00101234=A',
])('%s leads to a patient', (filter) => {
  expect(() => checkPatientFilters([filter])).toThrow('patient data in Redis')
})

test.each([
  'Modality=CT',
  'PatientSex=F',
  'PatientAge<018Y',
  'StudyDescription=*head*',
  '(0019,xx0A,CREATOR)=1',
  '1.2.3',
])('%s leads to no patient', (filter) => {
  expect(() => checkPatientFilters([filter])).not.toThrow()
})
