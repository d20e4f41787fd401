import { runCommand } from '@ahi-dicom/cli'
import { describe, expect, test } from 'vitest'
import { parseFolder } from '../src/options/folder-path.ts'
import { hostDouble } from './support/host-double.ts'

const store = '0123456789abcdef0123456789abcdef'

const noFolders: [string, string][] = [
  ['gs://bucket/prefix', 'it is a URL'],
  ['S3://bucket', 'it is a URL'],
  ['gs:bucket', 'it is a URL'],
  ['file:///tmp/x', 'give the path of the folder'],
  ['x.7z', 'or x.7z/'],
  ['some/X.RAR', 'it is an archive'],
  ['', 'it is empty'],
]

describe.each([
  ['x.zip', 'or x.zip/'],
  ['some/X.ZIP', 'it is an archive'],
  ['x.tar', 'it is an archive'],
  ['x.tar.gz', 'it is an archive'],
  ['x.tgz', 'it is an archive'],
  ['-', 'it means standard output'],
  ['https://host/x', 'it is a URL'],
  ['https://host/x.zip', 'it is a URL'],
])("'%s' is no folder, but a destination", (value, why) => {
  test.each([
    ['emulate', '--data', value],
    ['demo', '--out', value],
  ])('of %s', async (...args) => {
    const host = hostDouble()
    expect(await runCommand(args, host)).toBe(2)
    expect(host.said()).toContain(`Cannot use '${value}' as `)
    expect(host.said()).toContain(why)
  })
})

describe.each(noFolders)("'%s' is no folder", (value, why) => {
  test.each([
    ['export', '--all', '--datastore-id', store, '--out', value],
    ['verify', value],
    ['emulate', '--data', value],
    ['demo', '--out', value],
  ])('of %s', async (...args) => {
    const host = hostDouble()
    expect(await runCommand(args, host)).toBe(2)
    expect(host.said()).toContain(`Cannot use '${value}' as `)
    expect(host.said()).toContain(why)
  })
})

test.each(['C:\\exports', 'c:/exports', 'D:', './s3:/bucket', 'x.zip/', 'study.1', '\\\\server\\share'])(
  "'%s' may be a folder",
  (value) => {
    expect(parseFolder(value, '--out')).toBe(value)
  },
)

test.each([
  ['gs://bucket', './gs://bucket'],
  ['x.7z', 'x.7z/'],
])("the forms of destinations are told to who names '%s'", async (value, asFolder) => {
  const host = hostDouble()
  expect(await runCommand(['ping', value], host)).toBe(2)
  expect(host.said()).toMatch(/give -, s3:.*NAME\.zip.*DIR/)
  expect(host.said()).toContain(`or ${asFolder} for a folder of that name`)
})
