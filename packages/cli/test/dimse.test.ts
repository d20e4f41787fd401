import { runCommand } from '@ahi-dicom/cli'
import { describe, expect, test } from 'vitest'
import { parseEntity } from '../src/destinations/application-entity.ts'
import { hostDouble } from './support/host-double.ts'

const store = '0123456789abcdef0123456789abcdef'

test.each([
  ['dicom://PACS@host:11112', { calledAeTitle: 'PACS', host: 'host', port: 11_112, isEncrypted: false }],
  ['dicom://ME@PACS@host', { callingAeTitle: 'ME', calledAeTitle: 'PACS', host: 'host', port: undefined }],
  ['DICOMS://PACS@[::1]:2762/', { calledAeTitle: 'PACS', host: '::1', port: 2762, isEncrypted: true }],
  ['dicom://MY%20%40PACS@10.0.0.1:104', { calledAeTitle: 'MY @PACS', host: '10.0.0.1', port: 104 }],
])('%s names an application entity', (text, entity) => {
  expect(parseEntity(text)).toMatchObject(entity)
})

test.each(['./dicom', 'dicom', 'https://host/dicom-web', 'C:\\dicom'])('%s names none', (text) => {
  expect(parseEntity(text)).toBeUndefined()
})

describe.each([
  ['dicom://host:104', 'it has no AE title'],
  ['dicom://@host:104', 'AE titles must have 1 to 16'],
  ['dicom://PACS@', 'the text after the last @ must be HOST or HOST:PORT'],
  ['dicom://PACS@host:port', 'the text after the last @ must be HOST or HOST:PORT'],
  ['dicom://PACS@host/path', 'the text after the last @ must be HOST or HOST:PORT'],
  ['dicom://PACS@host:0', 'the port must be 1 to 65535'],
  ['dicom://PACS@host:70000', 'the port must be 1 to 65535'],
  ['dicom://SEVENTEEN_LETTERS@host', 'AE titles must have 1 to 16'],
  ['dicom://A%5CB@host', 'AE titles must have 1 to 16'],
  ['dicom://A%zz@host', 'AE titles must have 1 to 16'],
  ['dicom://A@B@C@host', 'it has more than two AE titles'],
])('%s is a usage error', (value, why) => {
  test.each([
    ['export', '--all', '--datastore-id', store, '--out', value],
    ['ping', value],
  ])('of %s', async (...args) => {
    const host = hostDouble()
    expect(await runCommand(args, host)).toBe(2)
    expect(host.said()).toContain(`Cannot use '${value}' as destination: ${why}`)
  })
})

test.each([
  [['--out-ca', import.meta.filename], 'without TLS: give dicoms://'],
  [['--out-ca', 'none.pem'], 'Cannot read the file of --out-ca: ENOENT'],
  [['--out-cert', 'cert.pem'], 'one of --out-cert and --out-key without the other'],
  [['--out-associations', '0'], 'give a whole number from 1 to 64'],
])('%j is a usage error', async (options, why) => {
  const host = hostDouble()
  expect(await runCommand(['ping', 'dicom://PACS@127.0.0.1:1', ...options], host)).toBe(2)
  expect(host.said()).toContain(why)
})

test('a PACS that is not there ends in the exit code of an outage', async () => {
  const host = hostDouble()
  expect(await runCommand(['ping', 'dicom://PACS@127.0.0.1:1'], host)).toBe(5)
  expect(host.said()).toContain(
    'Cannot send to "dicom://PACS@127.0.0.1:1": nothing listens at 127.0.0.1:1; start the server, or correct the port',
  )
})

test.each([
  [['verify', 'dicom://PACS@127.0.0.1:1'], 'sent instances cannot be read back'],
  [
    ['sync', '--all', '--datastore-id', store, '--out', 'dicom://PACS@127.0.0.1:1'],
    'can neither be listed nor removed',
  ],
  [['export', '--all', '--datastore-id', store, '--out', 'dicom://PACS@127.0.0.1:1', '--resume'], '(--record)'],
  [
    ['export', '--all', '--datastore-id', store, '--out', 'dicom://PACS@127.0.0.1:1', '--format', 'png'],
    'C-STORE sends only DICOM instances',
  ],
])('%j is refused with what to do instead', async (args, why) => {
  const host = hostDouble()
  expect(await runCommand(args, host)).toBe(2)
  expect(host.said()).toContain(why)
})
