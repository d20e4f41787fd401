import { startEmulator, type EmulatorRequest } from '@ahi-dicom/ahi-emulator'
import { expect, test } from 'vitest'
import { call } from './support/client.ts'

test('reports every request, even one that a fault answers', async () => {
  const requests: EmulatorRequest[] = []
  await using emulator = await startEmulator({
    onRequest: (request) => requests.push(request),
    faults: { rules: [{ times: 1, fault: { kind: 'error', code: 'ThrottlingException' } }] },
  })
  const path = `/datastore/${emulator.datastoreId}/searchImageSets`
  const statuses: number[] = []
  for (const query of ['maxResults=1', 'maxResults=2'])
    statuses.push((await call(emulator.endpoint, `${path}?${query}`, { body: {} })).status)
  expect(statuses).toEqual([429, 200])
  expect(requests).toMatchObject(
    ['maxResults=1', 'maxResults=2'].map((query) => ({ operation: 'SearchImageSets', method: 'POST', path, query })),
  )
  expect(requests.map(({ body }) => Buffer.from(body).toString())).toEqual(['{}', '{}'])
})

test("uses the emulator's clock for the Date of answers", async () => {
  const now = Date.parse('2031-05-06T07:08:09Z')
  await using emulator = await startEmulator({ now: () => now })
  const { headers } = await call(emulator.endpoint, `/datastore/${emulator.datastoreId}/searchImageSets`, { body: {} })
  expect(headers.get('date')).toBe('Tue, 06 May 2031 07:08:09 GMT')
})
