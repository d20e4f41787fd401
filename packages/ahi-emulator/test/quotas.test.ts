import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { expect, test } from 'vitest'
import { call } from './support/client.ts'

test('answers 429 above a quota, only for that operation', async () => {
  await using emulator = await startEmulator({ quotas: { GetDatastore: { rate: 0.001, burst: 2 } } })
  const get = (path: string): ReturnType<typeof call> => call(emulator.endpoint, path, { method: 'GET' })
  const datastore = `/datastore/${emulator.datastoreId}`
  const answers = [await get(datastore), await get(datastore), await get(datastore), await get('/datastore')]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200])
  expect(answers[2]?.headers.get('x-amzn-errortype')).toBe('ThrottlingException')
  expect(answers[2]?.json).toEqual({ message: 'Rate exceeded' })
})

test('applies the documented quotas: a burst of ten ListDatastores, then five per second', async () => {
  await using emulator = await startEmulator({ quotas: true })
  const lists = Array.from({ length: 100 }, () => call(emulator.endpoint, '/datastore', { method: 'GET' }))
  const admitted = (await Promise.all(lists)).filter(({ status }) => status === 200)
  expect(admitted.length).toBeGreaterThanOrEqual(10)
  expect(admitted.length).toBeLessThan(100)
})
