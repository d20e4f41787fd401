import { createServer } from 'node:http'
import { OutputError, type FileWriter, type StoredFile } from '@ahi-dicom/export-files'
import { createFileWriter } from '@ahi-dicom/exporter-dicomweb/lane'
import { describe, expect, test } from 'vitest'
import { fileOf, instanceBytes, instanceFile } from './support/instances.ts'
import { answer, startScripted, storeAll, type Script } from './support/scripted-server.ts'

const uids = ['1.2.1', '1.2.2', '1.2.3', '1.2.4']
const allStored = uids.map(() => ({ status: '200' }))

function writerAt(url: string, options: Partial<Parameters<typeof createFileWriter>[0]> = {}): FileWriter {
  return createFileWriter({ url, retryDelayMs: 1, maxAttempts: 3, ...options })
}

/** Stores all instances and returns the answer or the error of each. */
async function outcomes(writer: FileWriter, names: readonly string[] = uids): Promise<unknown[]> {
  const settled = await Promise.allSettled(names.map((uid) => writer.write(instanceFile(uid))))
  await writer.close()
  return settled.map((one) => (one.status === 'fulfilled' ? one.value.answer : errorOf(one.reason)))
}

function errorOf(error: unknown): unknown {
  if (!(error instanceof OutputError)) return error
  const { code, retryable, message } = error
  return { code, retryable, message: message.replace(/http:\/\/[^"]+/, 'URL') }
}

/** Answers with one script after the other, and then repeats the last one. */
function inTurn(...scripts: readonly Script[]): Script {
  let turn = 0
  return (request, response) => {
    const script = scripts[Math.min(turn, scripts.length - 1)]
    turn += 1
    script?.(request, response)
  }
}

function status(code: number, headers: Record<string, string> = {}): Script {
  return (_, response) => void response.writeHead(code, headers).end('no')
}

test('reports the result of each instance', async () => {
  await using server = await startScripted((_, response) => {
    answer(response, 409, [
      { uid: '1.2.1' },
      { uid: '1.2.2', warning: 0xb006 },
      { uid: '1.2.3', failure: 0xa700 },
      { uid: '1.2.4', failure: 0xc122 },
    ])
  })
  expect(await outcomes(writerAt(server.url), [...uids, '1.2.5'])).toEqual([
    { status: '409' },
    { status: 'B006', warning: 'elements were left out' },
    {
      code: 'OUTPUT_FILE_REFUSED',
      retryable: true,
      message: 'Cannot store instance 1.2.3 at "URL": the server says out of resources (A700); resume when it has room',
    },
    {
      code: 'OUTPUT_FILE_REFUSED',
      retryable: false,
      message:
        'Cannot store instance 1.2.4 at "URL": the server says the transfer syntax is not supported ' +
        "(C122, 1.2.840.10008.1.2.1); export decoded pixels (transfer syntax 'explicit'), or allow this transfer syntax at the server",
    },
    {
      code: 'OUTPUT_FILE_REFUSED',
      retryable: true,
      message:
        'Cannot store instance 1.2.5 at "URL": the answer (409) does not mention it; check whether the server has it, then resume',
    },
  ])
})

test('an instance that is reported as both stored and failed counts as failed', async () => {
  await using server = await startScripted((_, response) => {
    answer(response, 202, [{ uid: '1.2.1', failure: 0x0110 }, { uid: '1.2.1' }])
  })
  expect(await outcomes(writerAt(server.url), ['1.2.1'])).toMatchObject([{ code: 'OUTPUT_FILE_REFUSED' }])
})

test.each([400, 413, 415, 500])('finds the instance that is refused with %i', async (code) => {
  await using server = await startScripted((request, response) => {
    if (request.uids.includes('1.2.3')) response.writeHead(code).end()
    else storeAll(request, response)
  })
  const stored = { status: '200' }
  expect(await outcomes(writerAt(server.url))).toEqual([
    stored,
    stored,
    expect.objectContaining({ code: 'OUTPUT_FILE_REFUSED', retryable: code === 500 }),
    stored,
  ])
})

test('splits a request that is too large', async () => {
  await using server = await startScripted((request, response) => {
    if (request.uids.length > 1) response.writeHead(413).end()
    else storeAll(request, response)
  })
  expect(await outcomes(writerAt(server.url))).toEqual(allStored)
  expect(server.requests.map(({ uids: sent }) => sent.length)).toEqual([4, 2, 1, 1, 2, 1, 1])
})

test.each([429, 503, 502, 504, 408])('repeats a request after %i', async (code) => {
  await using server = await startScripted(inTurn(status(code, { 'retry-after': '0' }), status(code), storeAll))
  expect(await outcomes(writerAt(server.url))).toEqual(allStored)
  expect(server.requests).toHaveLength(3)
})

test('gives up on a server that keeps failing', async () => {
  await using server = await startScripted(status(503))
  expect(await outcomes(writerAt(server.url), ['1.2.1'])).toEqual([
    {
      code: 'OUTPUT_UNREACHABLE',
      retryable: true,
      message: 'Cannot store instances at "URL": the server is failing (503); resume when it works again',
    },
  ])
  expect(server.requests).toHaveLength(3)
})

test('ends the export if the server fails at each instance, but not if it accepts some', async () => {
  const names = Array.from({ length: 16 }, (_, index) => `1.2.${index}`)
  await using failing = await startScripted(status(500))
  const ended = await outcomes(writerAt(failing.url, { maxAttempts: 1, concurrency: 1 }), names)
  expect(ended.slice(0, 4)).toMatchObject([
    { code: 'OUTPUT_FILE_REFUSED' },
    { code: 'OUTPUT_FILE_REFUSED' },
    { code: 'OUTPUT_FILE_REFUSED' },
    { code: 'OUTPUT_UNREACHABLE', message: expect.stringContaining('the server is failing (500)') },
  ])
  await using moody = await startScripted((request, response) => {
    if (request.uids.some((uid) => !uid.endsWith('3'))) response.writeHead(500).end()
    else storeAll(request, response)
  })
  const mixed = await outcomes(writerAt(moody.url, { maxAttempts: 1, concurrency: 1 }), [
    '1.2.1',
    '1.2.3',
    '1.2.4',
    '1.2.13',
    '1.2.5',
  ])
  expect(mixed).toMatchObject([
    { code: 'OUTPUT_FILE_REFUSED' },
    { status: '200' },
    { code: 'OUTPUT_FILE_REFUSED' },
    { status: '200' },
    { code: 'OUTPUT_FILE_REFUSED' },
  ])
})

test('tells a duplicate instance from an unreadable one', async () => {
  await using server = await startScripted((_, response) => answer(response, 409, [{ uid: '1.2.1', failure: 0x0111 }]))
  const [outcome] = await outcomes(writerAt(server.url), ['1.2.1'])
  expect(outcome).toMatchObject({
    code: 'OUTPUT_FILE_REFUSED',
    retryable: false,
    message: expect.stringContaining('(0111); compare it with the instance at the server, which may differ'),
  })
})

test('does not wait for a Retry-After of an hour', async () => {
  await using server = await startScripted(status(429, { 'retry-after': '3600' }))
  expect(await outcomes(writerAt(server.url), ['1.2.1'])).toMatchObject([{ code: 'OUTPUT_UNREACHABLE' }])
  expect(server.requests).toHaveLength(1)
})

test.each([
  [401, 'OUTPUT_REFUSED'],
  [403, 'OUTPUT_REFUSED'],
  [404, 'OUTPUT_NOT_FOUND'],
  [405, 'OUTPUT_NOT_FOUND'],
  [501, 'OUTPUT_NOT_FOUND'],
])('ends the export on %i', async (code, expected) => {
  await using server = await startScripted(status(code))
  expect(await outcomes(writerAt(server.url))).toMatchObject(uids.map(() => ({ code: expected, retryable: false })))
  expect(server.requests).toHaveLength(1)
})

test.each([
  ['a page', 200, 'text/html', '<html>\u{1b}[31mLog in</html>'],
  ['nothing', 200, 'application/dicom+json', ''],
  ['a list', 202, 'application/dicom+json', '[]'],
  ['XML', 200, 'application/dicom+xml', '<NativeDicomModel/>'],
])('refuses an answer that is %s', async (_, code, type, body) => {
  await using server = await startScripted(
    (_request, response) => void response.writeHead(code, { 'content-type': type }).end(body),
  )
  const [outcome] = await outcomes(writerAt(server.url), ['1.2.1'])
  expect(outcome).toMatchObject({ code: 'OUTPUT_NOT_FOUND' })
})

test('shows no raw text of an answer', async () => {
  await using server = await startScripted((_, response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\nContent-Type: text/\u{9b}31m\r\nContent-Length: 0\r\n\r\n')
  })
  const [outcome] = await outcomes(writerAt(server.url), ['1.2.1'])
  expect(JSON.stringify(outcome)).toContain('\u{fffd}31m')
  expect(JSON.stringify(outcome)).not.toContain('\u{9b}')
})

test('stops an answer without an end', async () => {
  await using server = await startScripted((_, response) => {
    response.writeHead(200, { 'content-type': 'application/dicom+json' })
    const more = (): void => void response.write(' '.repeat(100_000), (error) => error ?? more())
    more()
  })
  const [outcome] = await outcomes(writerAt(server.url), ['1.2.1'])
  expect(outcome).toMatchObject({
    code: 'OUTPUT_UNREACHABLE',
    message: expect.stringContaining('the answer is longer than'),
  })
})

test('fails if the server is silent', async () => {
  await using server = await startScripted(() => {})
  const [outcome] = await outcomes(writerAt(server.url, { timeoutMs: 50, maxAttempts: 2 }), ['1.2.1'])
  expect(outcome).toMatchObject({
    code: 'OUTPUT_UNREACHABLE',
    message: expect.stringContaining('was silent for 50 ms'),
  })
  expect(server.requests).toHaveLength(2)
})

describe('connections', () => {
  test('sends a request again after a reset', async () => {
    await using server = await startScripted(inTurn((_, response) => void response.socket?.resetAndDestroy(), storeAll))
    expect(await outcomes(writerAt(server.url))).toEqual(allStored)
  })

  test('sends a request again if the answer is cut off', async () => {
    await using server = await startScripted(
      inTurn((_, response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('{', () => response.socket?.destroy())
      }, storeAll),
    )
    expect(await outcomes(writerAt(server.url))).toEqual(allStored)
  })

  test('says that nothing listens', async () => {
    const server = await startScripted(storeAll)
    await server[Symbol.asyncDispose]()
    const [outcome] = await outcomes(writerAt(server.url), ['1.2.1'])
    expect(outcome).toEqual({
      code: 'OUTPUT_UNREACHABLE',
      retryable: true,
      message:
        'Cannot store instances at "URL": the service cannot be reached at 127.0.0.1 (ECONNREFUSED); ' +
        'check the URL and the network; if this network needs a proxy, set HTTPS_PROXY',
    })
  })

  test('reads the status of a server that does not read a large request', async () => {
    const refusing = createServer((_, response) => void response.writeHead(413, { connection: 'close' }).end())
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
    const address = refusing.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const writer = writerAt(`http://127.0.0.1:${port}`, { maxRequestBytes: 100_000 })
    const large = fileOf('a.dcm', instanceBytes('1.2.3', { byteLength: 10_000_000 }))
    await expect(writer.write(large)).rejects.toMatchObject({ code: 'OUTPUT_FILE_REFUSED' })
    await writer.close()
    await new Promise((resolve) => refusing.close(resolve))
  })
})

describe('streamed instances', () => {
  const large = instanceBytes('1.2.3', { byteLength: 2_000_000 })

  test('are sent again by a later export if the server fails', async () => {
    await using server = await startScripted(status(503))
    const writer = writerAt(server.url, { maxRequestBytes: 100_000 })
    await expect(writer.write(fileOf('a.dcm', large))).rejects.toMatchObject({
      code: 'OUTPUT_FILE_REFUSED',
      retryable: true,
    })
    await writer.close()
    expect(server.requests).toHaveLength(1)
  })

  test('end the export if the server keeps failing', async () => {
    const server = await startScripted(storeAll)
    await server[Symbol.asyncDispose]()
    const writer = writerAt(server.url, { maxRequestBytes: 100_000, concurrency: 1 })
    const codes: unknown[] = []
    for (let count = 0; count < 4; count += 1) {
      await writer.write(fileOf('a.dcm', large)).catch((error: unknown) => codes.push(errorOf(error)))
    }
    await writer.close()
    const refused = { code: 'OUTPUT_FILE_REFUSED', retryable: true }
    expect(codes).toMatchObject([refused, refused, refused, { code: 'OUTPUT_UNREACHABLE' }])
  })

  test('get a new token for the next instance', async () => {
    await using server = await startScripted((request, response) => {
      if (request.headers.authorization === 'Bearer new') storeAll(request, response)
      else response.writeHead(401).end()
    })
    const tokens = ['old', 'new', 'new']
    const writer = writerAt(server.url, { maxRequestBytes: 100_000, token: async () => tokens.shift() ?? '' })
    await expect(writer.write(fileOf('a.dcm', large))).rejects.toMatchObject({
      code: 'OUTPUT_FILE_REFUSED',
      retryable: true,
      message: expect.stringContaining('no longer accepts the token (401)'),
    })
    await expect(writer.write(fileOf('a.dcm', large))).resolves.toMatchObject({ answer: { status: '200' } })
    await writer.close()
  })

  test('are not stored if their source fails', async () => {
    await using server = await startScripted(storeAll)
    const writer = writerAt(server.url, { maxRequestBytes: 100_000 })
    const damaged = new Error('the frame is damaged')
    function* chunks(): Generator<Uint8Array> {
      yield large.subarray(0, 1_000_000)
      yield large.subarray(1_000_000, 1_500_000)
      throw damaged
    }
    await expect(writer.write({ ...fileOf('a.dcm', large), chunks: chunks() })).rejects.toBe(damaged)
    await writer.close()
    expect(server.requests).toEqual([])
  })
})

test('an abort ends requests in progress', async () => {
  const controller = new AbortController()
  await using server = await startScripted(() => controller.abort(new Error('enough')))
  const writer = writerAt(server.url)
  const writes: Promise<StoredFile>[] = uids.map((uid) =>
    writer.write(instanceFile(uid), { signal: controller.signal }),
  )
  const settled = await Promise.allSettled(writes)
  expect(settled).toEqual(uids.map(() => ({ status: 'rejected', reason: new Error('enough') })))
  await writer.close()
})

describe('redirects', () => {
  test('of the same origin are followed', async () => {
    await using server = await startScripted((request, response) => {
      if (request.path.startsWith('/other')) storeAll(request, response)
      else response.writeHead(308, { location: '/other/studies' }).end()
    })
    expect(await outcomes(writerAt(server.url))).toEqual(allStored)
  })

  test.each([
    ['to another server', 'http://192.0.2.1/studies', 'leads to another server, http://192.0.2.1'],
    ['without an end', '/dicom-web/studies', 'redirects too often'],
    ['to nowhere', 'http://[', 'leads nowhere'],
  ])('%s are refused', async (_, location, why) => {
    await using server = await startScripted(status(307, { location }))
    const [outcome] = await outcomes(writerAt(server.url), ['1.2.1'])
    expect(outcome).toMatchObject({ code: 'OUTPUT_NOT_FOUND', message: expect.stringContaining(why) })
  })
})

test('refuses files other than DICOM', async () => {
  await using server = await startScripted(storeAll)
  const writer = writerAt(server.url, { mask: [null, '{PatientName}'] })
  await expect(writer.write(fileOf('study/DOE^JANE.dcm', Buffer.alloc(300)))).rejects.toMatchObject({
    code: 'OUTPUT_FILE_REFUSED',
    path: 'study/{PatientName}.dcm',
  })
  await writer.close()
  expect(server.requests).toEqual([])
})
