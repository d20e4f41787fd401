import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectS3 } from '../src/access/connect.ts'
import { moveObject, type ObjectToMove } from '../src/objects/move-object.ts'
import { failWith, startFakeS3, type FakeS3 } from './fake-s3.ts'

const content = Buffer.from(Array.from({ length: 1001 }, (_, index) => index % 256))
const from = 'x/Doe^John/ü one.dcm'
const to = 'x/Doe^John/two+2.dcm'

let fake: FakeS3
let connection: ReturnType<typeof connectS3>
let move: ObjectToMove
beforeEach(async () => {
  fake = await startFakeS3()
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  connection = connectS3({ endpoint: fake.endpoint, region: 'eu-west-1', credentials })
  move = { client: await connection.client(), bucket: 'my-bucket', from, to, params: {} }
  fake.objects.set(from, content)
})
afterEach(async () => {
  connection.close()
  await fake[Symbol.asyncDispose]()
})

test.each([
  ['whole', 2000, 1],
  ['in parts', 1000, 3],
])('an object is copied %s, and the original is removed', async (_, whole, copies) => {
  fake.requests.length = 0
  await moveObject(move, { whole, part: 500 })
  expect([...fake.objects.keys()]).toEqual([to])
  expect(fake.objects.get(to)).toEqual(content)
  expect(fake.uploads.size).toBe(0)
  expect(fake.requests.filter((request) => request === `PUT ${to}`)).toHaveLength(copies)
})

test('if copying fails, the object stays and the parts of the copy are removed', async () => {
  fake.fault = ({ query }, response) => {
    const isSecond = query.get('partNumber') === '2'
    if (isSecond) failWith(response, 403, 'AccessDenied')
    return isSecond
  }
  await expect(moveObject(move, { whole: 1000, part: 500 })).rejects.toMatchObject({ name: 'AccessDenied' })
  expect([...fake.objects.keys()]).toEqual([from])
  expect(fake.uploads.size).toBe(0)
})

test('moving a missing object does nothing', async () => {
  fake.objects.clear()
  await moveObject(move)
  expect(fake.objects.size).toBe(0)
})
