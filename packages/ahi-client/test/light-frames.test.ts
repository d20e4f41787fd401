import { expect, test } from 'vitest'

import { credentials, frame } from './fixtures.ts'
import { printedBy } from './node-process.ts'
import { bytes, scriptedService } from './scripted-service.ts'

test('the frame client loads nothing but its own modules', async () => {
  const printed = await printedBy(`
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, nextLoad) => (loaded.push(url), nextLoad(url, context)) })
    const { createFrameClient } = await import('@ahi-dicom/ahi-client/frames')
    const access = {
      runtimeEndpoint: 'http://127.0.0.1:1', dicomEndpoint: 'http://127.0.0.1:1', region: 'us-east-1',
      limits: { maxConnections: 1, maxAttempts: 1, requestTimeoutMs: 1000, conflictTimeoutMs: 0, outageTimeoutMs: 0 },
      memory: {
        pace: new SharedArrayBuffer(1024), outage: new SharedArrayBuffer(1024), clockOffset: new SharedArrayBuffer(8),
      },
      port: new MessageChannel().port1,
    }
    await createFrameClient(access).close()
    console.log(JSON.stringify([...loaded, ...process.moduleLoadList.filter((name) => name.includes('undici'))]))
  `)
  const loaded: unknown = JSON.parse(printed)
  const own = new URL('../src/', import.meta.url).href
  const isLight = (url: unknown): boolean => String(url).startsWith(own) || String(url).startsWith('node:')
  expect(Array.isArray(loaded) && loaded.length > 10 && loaded.filter((url) => !isLight(url))).toEqual([])
  expect(printed).not.toContain('medical-imaging.ts')
})

test('a client and its frame client do not keep a process alive if they are not closed', async () => {
  await using service = await scriptedService(bytes(new Uint8Array(3)))
  const printed = await printedBy(`
    import { createAhiClient } from '@ahi-dicom/ahi-client'
    import { createFrameClient } from '@ahi-dicom/ahi-client/frames'
    const options = { endpoint: '${service.endpoint}', region: 'us-east-1', credentials: ${JSON.stringify(credentials)} }
    const client = createAhiClient({ ...options, onOutage: () => {} })
    const frames = createFrameClient(await client.shareAccess({ connections: 1 }))
    await client.shareAccess({ connections: 1 })
    const { data } = await frames.getImageFrame(${JSON.stringify(frame)})
    console.log(data.length)
  `)
  expect(printed.trim()).toBe('3')
})
