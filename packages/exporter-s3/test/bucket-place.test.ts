import { expect, test } from 'vitest'
import { s3Destination } from '@ahi-dicom/exporter-s3'

test.each(['ab', 'Abc', 'a..b', '1.2.3.4', '-abc', 'a_b', ''])('the bucket "%s" is refused', (bucket) => {
  expect(() => s3Destination({ bucket })).toThrow(TypeError)
})

test.each(['a/../b', '.', 'a\u0000b'])('the prefix %j is refused', (prefix) => {
  expect(() => s3Destination({ bucket: 'my-bucket', prefix })).toThrow(TypeError)
})

test.each([
  [undefined, 's3://my-bucket'],
  ['', 's3://my-bucket'],
  ['/pre fix/ü/', 's3://my-bucket/pre fix/ü'],
])('the prefix %j gives the name %s', (prefix, name) => {
  expect(s3Destination({ bucket: 'my-bucket', prefix }).name).toBe(name)
})

test('a `partSize` that S3 does not accept is refused', () => {
  expect(() => s3Destination({ bucket: 'my-bucket', partSize: 1000 })).toThrow('5 MiB')
})

test('all files are written in one thread if a function returns the credentials', () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  expect(s3Destination({ bucket: 'my-bucket', credentials }).lane?.options).toEqual({
    bucket: 'my-bucket',
    credentials,
  })
  expect(s3Destination({ bucket: 'my-bucket', credentials: async () => credentials }).lane).toBeUndefined()
})
