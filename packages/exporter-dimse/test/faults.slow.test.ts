import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Destination } from '@ahi-dicom/export-files'
import { dimseDestination, type DimseDestinationOptions } from '@ahi-dicom/exporter-dimse'
import { expect, onTestFinished, test } from 'vitest'
import { ctImageStorage, dataSetOf, dicomFile, outputFile } from './doubles/dicom-file.ts'
import { acceptAll, answerOf, startPeer, type Script } from './doubles/scripted-peer.ts'

function destinationAt(port: number, options: Partial<DimseDestinationOptions> = {}): Destination {
  const destination = dimseDestination({
    host: '127.0.0.1',
    port,
    calledAeTitle: 'PACS',
    repeatDelaysMs: [1, 1],
    associations: 1,
    ...options,
  })
  onTestFinished(() => destination.close())
  return destination
}

/** Faults of the first associations. */
const losses: Readonly<Record<string, Script>> = {
  'aborts in the middle of an instance': {
    data: ({ association, send }) => first(association, () => send({ kind: 'abort', source: 2, reason: 0 })),
  },
  'resets the connection in the middle of an instance': {
    data: ({ association, socket }) => first(association, () => void socket.resetAndDestroy()),
  },
  'closes the connection in the middle of an instance': {
    data: ({ association, socket }) => first(association, () => void socket.end()),
  },
  'asks for release in the middle of an instance': {
    data: ({ association, send }) => first(association, () => send({ kind: 'release-request' })),
  },
  'sends garbage': { data: ({ association, socket }) => first(association, () => void socket.write('garbage')) },
  'sends a PDU of 4 GB': {
    data: ({ association, socket }) =>
      first(association, () => void socket.write(Buffer.from([4, 0, 255, 255, 255, 255]))),
  },
  'sends a data set': {
    data: ({ association, send }) =>
      first(association, () => {
        const bytes = new Uint8Array(8)
        send({ kind: 'data', values: [{ contextId: 1, isCommand: false, isLast: true, bytes }] })
      }),
  },
}

function first(association: number, act: () => void): boolean {
  if (association > 0) return false
  act()
  return true
}

test.each(Object.entries(losses))(
  'an instance is sent again over another association if the peer %s',
  async (_, script) => {
    await using peer = await startPeer(script)
    const file = dicomFile({ pixelData: new Uint8Array(300_000) })
    const { answer, byteLength } = await destinationAt(peer.port).write(outputFile(file, { chunkLength: 5000 }))
    expect([answer?.status, byteLength]).toEqual(['0000', file.byteLength])
    expect(peer.stored.map(({ dataSet }) => dataSet.equals(dataSetOf(file)))).toEqual([true])
    expect(peer.requests).toHaveLength(2)
  },
)

test('a repeated instance has no bytes of a longer one before it', async () => {
  let instances = 0
  await using peer = await startPeer({
    answer(message, { association, send }) {
      instances += 1
      if (association > 0 || instances === 1) return answerOf(message)
      send({ kind: 'abort', source: 0, reason: 0 })
      return undefined
    },
  })
  const destination = destinationAt(peer.port)
  const files = [300_000, 90_000].map((length, index) =>
    dicomFile({ pixelData: new Uint8Array(length).fill(index + 1) }),
  )
  for (const file of files) await destination.write(outputFile(file, { chunkLength: 7000 }))
  expect(peer.requests).toHaveLength(2)
  expect(peer.stored.at(-1)?.dataSet.equals(dataSetOf(files.at(-1) ?? Buffer.alloc(0)))).toBe(true)
})

test('an instance fails if all its associations are lost, and the others are sent', async () => {
  await using peer = await startPeer({
    data({ association, send }) {
      if (association >= 3) return false
      send({ kind: 'abort', source: 0, reason: 0 })
      return true
    },
  })
  const destination = destinationAt(peer.port)
  const failure = destination.write(outputFile(dicomFile()))
  await expect(failure).rejects.toMatchObject({ code: 'OUTPUT_FAILED', retryable: true, fatal: false })
  await expect(failure).rejects.toThrow('aborted the association')
  await expect(destination.write(outputFile(dicomFile()))).resolves.toMatchObject({ answer: { status: '0000' } })
})

test('a peer that loses instance after instance counts as away', async () => {
  await using peer = await startPeer({
    data({ send }) {
      send({ kind: 'abort', source: 0, reason: 0 })
      return true
    },
  })
  const destination = destinationAt(peer.port)
  const codes: unknown[] = []
  for (let instance = 0; instance < 3; instance++) {
    await destination.write(outputFile(dicomFile())).catch((error: { code: unknown }) => codes.push(error.code))
  }
  expect(codes).toEqual(['OUTPUT_FAILED', 'OUTPUT_FAILED', 'OUTPUT_UNREACHABLE'])
  expect(peer.requests).toHaveLength(9)
})

test('an instance that is too large to keep is left to a later run', async () => {
  const head = dicomFile({ pixelData: new Uint8Array(0) })
  let received = 0
  await using peer = await startPeer({
    data({ send }) {
      received += 1
      if (received < 1000) return false
      send({ kind: 'abort', source: 0, reason: 0 })
      return true
    },
  })
  function* long() {
    yield head
    for (let megabyte = 0; megabyte < 32; megabyte++) yield new Uint8Array(1 << 20)
  }
  const failure = destinationAt(peer.port).write({ ...outputFile(head), chunks: long() })
  await expect(failure).rejects.toMatchObject({ code: 'OUTPUT_FAILED', retryable: true })
  expect(peer.requests).toHaveLength(1)
})

test('a peer that does not answer fails after responseMs', async () => {
  await using peer = await startPeer({ answer: () => undefined })
  const destination = destinationAt(peer.port, { timeouts: { responseMs: 30 }, repeatDelaysMs: [] })
  await expect(destination.write(outputFile(dicomFile()))).rejects.toThrow('has stopped answering')
})

test('a peer that stops reading fails after responseMs', async () => {
  await using peer = await startPeer({
    data({ socket }) {
      socket.pause()
      return true
    },
  })
  const head = dicomFile({ pixelData: new Uint8Array(0) })
  function* endless() {
    yield head
    for (;;) yield new Uint8Array(1 << 20)
  }
  const destination = destinationAt(peer.port, { timeouts: { responseMs: 200 }, repeatDelaysMs: [] })
  await expect(destination.write({ ...outputFile(head), chunks: endless() })).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    retryable: true,
  })
})

test('a peer that answers too early and stops reading fails after responseMs', async () => {
  const message = { contextId: 1, messageId: 1, sopClassUid: ctImageStorage, sopInstanceUid: '1.2.3', isEcho: false }
  await using peer = await startPeer({
    data({ socket, send }) {
      send({ kind: 'data', values: [{ contextId: 1, isCommand: true, isLast: true, bytes: answerOf(message) }] })
      socket.pause()
      return true
    },
  })
  const head = dicomFile({ pixelData: new Uint8Array(0) })
  function* endless() {
    yield head
    for (;;) yield new Uint8Array(1 << 20)
  }
  const destination = destinationAt(peer.port, { timeouts: { responseMs: 200 }, repeatDelaysMs: [] })
  const failure = destination.write({ ...outputFile(head), chunks: endless() })
  await expect(failure).rejects.toMatchObject({ code: 'OUTPUT_FAILED', retryable: true })
})

test('a slow source does not count as silence of the peer', async () => {
  await using peer = await startPeer()
  const file = dicomFile({ pixelData: new Uint8Array(300_000) })
  const responseMs = 1000
  async function* slow() {
    yield file.subarray(0, 280_000)
    await delay(responseMs + 200)
    yield file.subarray(280_000)
  }
  const destination = destinationAt(peer.port, { timeouts: { responseMs }, repeatDelaysMs: [] })
  const { answer } = await destination.write({ ...outputFile(file), chunks: slow() })
  expect(answer).toEqual({ status: '0000' })
})

test('data after the release is ignored', async () => {
  await using peer = await startPeer({
    release({ send }) {
      send({ kind: 'data', values: [{ contextId: 1, isCommand: true, isLast: true, bytes: new Uint8Array(4) }] })
      send({ kind: 'release-response' })
    },
  })
  const destination = destinationAt(peer.port)
  await destination.write(outputFile(dicomFile()))
  await destination.close()
  expect(peer.stored).toHaveLength(1)
})

test('an unexpected response ends the association, and no instance is lost', async () => {
  await using peer = await startPeer({
    associate(request, { association, send }) {
      if (association === 0) {
        send(acceptAll(request))
        const bytes = answerOf({ contextId: 1, messageId: 1, sopClassUid: '1.2', sopInstanceUid: '1.2', isEcho: true })
        send({ kind: 'data', values: [{ contextId: 1, isCommand: true, isLast: true, bytes }] })
        return undefined
      }
      return acceptAll(request)
    },
  })
  const destination = destinationAt(peer.port)
  for (let instance = 0; instance < 3; instance++) await destination.write(outputFile(dicomFile()))
  expect(new Set(peer.stored.map(({ sopInstanceUid }) => sopInstanceUid))).toEqual(new Set(['1.2.3']))
})

test.each([
  [1, 1, 7, 'OUTPUT_REFUSED', 'does not answer as AE title "PACS"; correct the called AE title'],
  [1, 1, 3, 'OUTPUT_REFUSED', 'does not know AE title "AHIDICOM"; add it at the peer'],
  [1, 1, 1, 'OUTPUT_REFUSED', 'rejects associations without a reason (result 1, source 1, reason 1)'],
  [2, 1, 1, 'OUTPUT_UNREACHABLE', 'rejects associations without a reason'],
  [2, 3, 1, 'OUTPUT_UNREACHABLE', 'is congested; try again later'],
  [1, 3, 2, 'OUTPUT_UNREACHABLE', 'accepts no further associations'],
])(
  'a rejection by result %i, source %i and reason %i says what to do',
  async (result, source, reason, code, message) => {
    await using peer = await startPeer({ associate: () => ({ kind: 'associate-reject', result, source, reason }) })
    const destination = destinationAt(peer.port)
    for (const use of [() => destination.check?.(), () => destination.write(outputFile(dicomFile()))]) {
      const failure = use()
      await expect(failure).rejects.toMatchObject({ code, fatal: true })
      await expect(failure).rejects.toThrow(message)
    }
    // One request is from the check. A transient rejection is repeated.
    expect(peer.requests).toHaveLength(code === 'OUTPUT_REFUSED' ? 2 : 4)
  },
)

test('a congested peer is tried again', async () => {
  await using peer = await startPeer({
    associate: (request, { association }) =>
      association < 2 ? { kind: 'associate-reject', result: 2, source: 3, reason: 1 } : acceptAll(request),
  })
  await expect(destinationAt(peer.port).write(outputFile(dicomFile()))).resolves.toMatchObject({
    answer: { status: '0000' },
  })
})

test('the error names a peer that does not answer an association request', async () => {
  await using peer = await startPeer({ associate: () => undefined })
  const checked = destinationAt(peer.port, { timeouts: { associationMs: 20 } }).check?.()
  await expect(checked).rejects.toMatchObject({ code: 'OUTPUT_UNREACHABLE' })
  await expect(checked).rejects.toThrow('does not answer a request for an association within 0.02 s')
})

test.each([
  ['nothing listens', undefined, 'OUTPUT_UNREACHABLE', /nothing listens at 127\.0\.0\.1:\d+; start the server/],
  [
    'a web server',
    (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'OUTPUT_REFUSED',
    /does not speak DICOM/,
  ],
  [
    'a TLS server',
    (socket: Socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 10])),
    'OUTPUT_REFUSED',
    /speaks TLS/,
  ],
  [
    'a server that closes the connection',
    (socket: Socket) => socket.end(),
    'OUTPUT_UNREACHABLE',
    /closed the connection without an answer/,
  ],
] as const)('the error explains: %s', async (_, serve, code, message) => {
  const server = await listen(serve)
  const port = portOf(server)
  if (serve === undefined) server.close()
  const checked = destinationAt(port).check?.()
  await expect(checked).rejects.toMatchObject({ code })
  await expect(checked).rejects.toThrow(message)
})

test('several writers give up on a peer that goes away', async () => {
  const peer = await startPeer()
  const destination = destinationAt(peer.port, { associations: 4 })
  await destination.write(outputFile(dicomFile()))
  await peer[Symbol.asyncDispose]()
  const failures = await Promise.all(
    Array.from({ length: 6 }, () => destination.write(outputFile(dicomFile())).catch((error: unknown) => error)),
  )
  for (const failure of failures) expect(failure).toMatchObject({ code: expect.stringMatching(/^OUTPUT_/) })
  expect(failures.at(-1)).toMatchObject({ code: 'OUTPUT_UNREACHABLE' })
})

test('the error names a host that does not exist', async () => {
  const checked = destinationAt(104, { host: 'no-such-host.invalid' }).check?.()
  await expect(checked).rejects.toThrow(/"no-such-host.invalid"/)
})

async function listen(serve: ((socket: Socket) => void) | undefined): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.resume()
    serve?.(socket)
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

test('writers give up on a peer that drops every association at once', async () => {
  await using peer = await startPeer({
    associate(request, { send, socket }) {
      send(acceptAll(request))
      socket.end()
      return undefined
    },
  })
  await expect(destinationAt(peer.port).write(outputFile(dicomFile()))).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
  expect(peer.requests).toHaveLength(3)
})

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

test.each([{ cert: 'no PEM' }, { key: 'no PEM' }])(
  'a certificate or a key that cannot be used is named: %o',
  async (tls) => {
    const checked = destinationAt(1, { tls }).check?.()
    await expect(checked).rejects.toMatchObject({ code: 'OUTPUT_REFUSED' })
    await expect(checked).rejects.toThrow('the certificate or the key of this side cannot be used; give certificate')
  },
)
