import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { once } from 'node:events'
import {
  deflatedExplicitVrLittleEndian,
  explicitVrLittleEndian,
  htj2kLosslessRpcl,
  implicitVrLittleEndian,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { Destination } from '@ahi-dicom/export-files'
import { dimseDestination, type DimseDestinationOptions } from '@ahi-dicom/exporter-dimse'
import { expect, test, vi } from 'vitest'
import { commandTags } from '../src/message/command-set.ts'
import { ctImageStorage, dataSetOf, dicomFile, outputFile } from './doubles/dicom-file.ts'
import { acceptAll, acceptSome, answerOf, startPeer, type Script, type ScriptedPeer } from './doubles/scripted-peer.ts'

type Options = Partial<DimseDestinationOptions>

function destinationAt({ port }: Pick<ScriptedPeer, 'port'>, options: Options = {}): Destination {
  return dimseDestination({ host: '127.0.0.1', port, calledAeTitle: 'PACS', repeatDelaysMs: [1, 1], ...options })
}

async function withPeer(
  script: Script,
  use: (destination: Destination, peer: ScriptedPeer) => Promise<void>,
  options: Options = {},
): Promise<void> {
  await using peer = await startPeer(script)
  const destination = destinationAt(peer, options)
  try {
    await use(destination, peer)
  } finally {
    await destination.close()
  }
}

const status = (code: number): ReadonlyMap<number, number> => new Map([[commandTags.status, code]])

test('sends the data set unchanged, and returns the answer of the peer and the digest of the file', async () => {
  const file = dicomFile({ pixelData: new Uint8Array(100_000).map((_, index) => index) })
  await withPeer({}, async (destination, peer) => {
    const stored = await destination.write(outputFile(file, { chunkLength: 777 }))
    const sha256 = createHash('sha256').update(file).digest('hex')
    expect(stored).toEqual({ path: 'a/b.dcm', byteLength: file.byteLength, sha256, answer: { status: '0000' } })
    expect(peer.stored).toEqual([{ sopInstanceUid: '1.2.3', dataSet: dataSetOf(file) }])
    expect(peer.requests[0]).toMatchObject({ calledAeTitle: 'PACS', callingAeTitle: 'AHIDICOM' })
  })
})

test.each([16, 17, 64, 4096, 0])('respects a longest PDU of the peer of %i bytes', async (maxPduLength) => {
  const file = dicomFile()
  const script: Script = {
    associate: (request) => ({
      ...acceptAll(request),
      kind: 'associate-accept',
      contexts: request.contexts.map(({ id, transferSyntaxes: [transferSyntax = ''] }) => ({
        id,
        result: 0,
        transferSyntax,
      })),
      user: { maxPduLength, implementationClassUid: '1', implementationVersionName: 'X' },
    }),
  }
  await withPeer(script, async (destination, peer) => {
    await destination.write(outputFile(file))
    expect(peer.stored[0]?.dataSet.equals(dataSetOf(file))).toBe(true)
  })
})

test('sends HTJ2K frames unchanged', async () => {
  const file = dicomFile({ transferSyntaxUid: htj2kLosslessRpcl, pixelData: [new Uint8Array(500).fill(9)] })
  await withPeer({}, async (destination, peer) => {
    await expect(destination.write(outputFile(file))).resolves.toMatchObject({ answer: { status: '0000' } })
    expect(peer.stored[0]?.dataSet.equals(dataSetOf(file))).toBe(true)
  })
})

test('converts explicit to implicit VR for a peer that accepts nothing else, and records it', async () => {
  const file = dicomFile()
  await withPeer(
    { associate: (request) => acceptSome(request, (uid) => uid === implicitVrLittleEndian) },
    async (destination, peer) => {
      const { answer, byteLength } = await destination.write(outputFile(file))
      expect(answer).toEqual({ status: '0000', transferSyntaxUid: implicitVrLittleEndian })
      expect(byteLength).toBe(file.byteLength)
      expect(peer.stored[0]?.dataSet.byteLength).toBeGreaterThan(1000)
      expect(peer.stored[0]?.dataSet.equals(dataSetOf(file))).toBe(false)
    },
  )
})

test.each([
  [
    htj2kLosslessRpcl,
    (uid: string) => uid === explicitVrLittleEndian,
    /does not take High-Throughput .*202\); ask for decoded/,
  ],
  [explicitVrLittleEndian, () => false, /does not take SOP class 1\.2\.840\.10008\.5\.1\.4\.1\.1\.2;/],
])(
  'the error names the transfer syntax that the peer does not accept: %s',
  async (transferSyntaxUid, isLiked, message) => {
    const pixelData = transferSyntaxUid === explicitVrLittleEndian ? new Uint8Array(8) : [new Uint8Array(8)]
    const file = dicomFile({ transferSyntaxUid, pixelData })
    await withPeer({ associate: (request) => acceptSome(request, isLiked) }, async (destination, peer) => {
      const failure = destination.write(outputFile(file))
      await expect(failure).rejects.toMatchObject({ code: 'OUTPUT_FILE_REFUSED', fatal: false, retryable: false })
      await expect(failure).rejects.toThrow(message)
      expect(peer.stored).toEqual([])
    })
  },
)

test.each([
  [0xb000, { status: 'B000', warning: 'it coerced data elements' }],
  [0xb006, { status: 'B006', warning: 'it discarded elements' }],
  [0xb007, { status: 'B007', warning: 'the data set does not match the SOP class' }],
])('an instance with warning %i is stored', async (code, answer) => {
  await withPeer({ answer: (message) => answerOf(message, status(code)) }, async (destination) => {
    expect((await destination.write(outputFile(dicomFile()))).answer).toEqual(answer)
  })
})

test.each([
  [0xa700, true, 'status A700 (out of resources)'],
  [0xa900, false, 'status A900 (the data set does not match the SOP class)'],
  [0xc123, false, 'status C123 (cannot understand)'],
  [0x0122, false, 'status 0122 (SOP class not supported)'],
  [0x0124, false, 'status 0124 (not authorised)'],
  [0xff00, false, 'status FF00 (unknown)'],
])('an instance with status %i is refused', async (code, retryable, named) => {
  const changes = new Map<number, string | number>([...status(code), [0x0902, 'Somebody^Else was rejected']])
  await withPeer({ answer: (message) => answerOf(message, changes) }, async (destination) => {
    const failure = await destination.write(outputFile(dicomFile())).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'OUTPUT_FILE_REFUSED', retryable })
    expect(String(failure)).toContain(named)
    expect(String(failure)).not.toContain('Somebody')
    await expect(destination.write(outputFile(dicomFile()))).rejects.toMatchObject({ code: 'OUTPUT_FILE_REFUSED' })
  })
})

test.each([
  ['message', new Map([[commandTags.messageIdBeingRespondedTo, 77]])],
  ['SOP instance', new Map([[commandTags.affectedSopInstanceUid, '9.9.9']])],
  ['SOP class', new Map([[commandTags.affectedSopClassUid, '9.9.9']])],
  ['command', new Map([[commandTags.commandField, 0x8030]])],
])('a response to another %s does not count', async (_, changes) => {
  await withPeer({ answer: (message) => answerOf(message, changes) }, async (destination) => {
    await expect(destination.write(outputFile(dicomFile()))).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
  })
})

test('messages mask the path of an instance', async () => {
  await withPeer({ answer: (message) => answerOf(message, status(0xc000)) }, async (destination) => {
    await destination.open({ mask: ['{PatientName}', null] })
    const failure = await destination
      .write(outputFile(dicomFile(), { path: 'Doe/1.dcm' }))
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ path: '{PatientName}/1.dcm' })
    expect(String(failure)).toContain('"{PatientName}/1.dcm"')
  })
})

test('uses the allowed number of associations, reuses them, and releases them', async () => {
  const released = vi.fn<() => void>()
  const held: (() => void)[] = []
  const script: Script = {
    // The first two answers wait for each other, so two associations are needed.
    answer(message, { send }) {
      if (held.length < 2) {
        const bytes = answerOf(message)
        const { contextId } = message
        held.push(() => send({ kind: 'data', values: [{ contextId, isCommand: true, isLast: true, bytes }] }))
        if (held.length === 2) held.forEach((answer) => answer())
        return undefined
      }
      return answerOf(message)
    },
    release({ send }) {
      released()
      send({ kind: 'release-response' })
    },
  }
  await withPeer(script, async (destination, peer) => {
    const uids = Array.from({ length: 20 }, (_, index) => `1.2.${index + 1}`)
    await Promise.all(uids.map((sopInstanceUid) => destination.write(outputFile(dicomFile({ sopInstanceUid })))))
    expect(peer.stored.map(({ sopInstanceUid }) => sopInstanceUid).toSorted()).toEqual(uids.toSorted())
    expect([peer.requests.length, peer.mostOpen()]).toEqual([2, 2])
    await destination.close()
    expect(released).toHaveBeenCalledTimes(2)
  })
})

test('an unused association is released', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  await using peer = await startPeer({
    release({ send }) {
      send({ kind: 'release-response' })
      resolve()
    },
  })
  const destination = destinationAt(peer, { timeouts: { idleMs: 1 } })
  await destination.write(outputFile(dicomFile()))
  await promise
  await destination.write(outputFile(dicomFile()))
  expect(peer.requests).toHaveLength(2)
  await destination.close()
})

test('proposes one context per class and syntax, for all classes seen so far', async () => {
  await withPeer({}, async (destination, { requests }) => {
    await destination.write(outputFile(dicomFile()))
    await destination.write(
      outputFile(
        dicomFile({ sopClassUid: '1.2.840.10008.5.1.4.1.1.4', transferSyntaxUid: htj2kLosslessRpcl, pixelData: [] }),
      ),
    )
    await destination.write(outputFile(dicomFile()))
    const proposed = requests.map(({ contexts }) =>
      contexts.map(({ id, abstractSyntax, transferSyntaxes }) => [id, abstractSyntax.slice(-1), ...transferSyntaxes]),
    )
    expect(proposed).toEqual([
      [
        [1, '2', explicitVrLittleEndian],
        [3, '2', implicitVrLittleEndian],
      ],
      [
        [1, '4', explicitVrLittleEndian],
        [3, '4', implicitVrLittleEndian],
        [5, '4', htj2kLosslessRpcl],
        [7, '2', explicitVrLittleEndian],
        [9, '2', implicitVrLittleEndian],
      ],
    ])
  })
})

test('never proposes more than 128 contexts', async () => {
  await withPeer({}, async (destination, { requests }) => {
    for (let index = 1; index <= 70; index++)
      await destination.write(outputFile(dicomFile({ sopClassUid: `1.2.${index}` })))
    expect(requests).toHaveLength(70)
    expect(requests.at(-1)?.contexts).toHaveLength(128)
    expect(requests.at(-1)?.contexts[0]).toMatchObject({ id: 1, abstractSyntax: '1.2.70' })
  })
})

test('a peer that accepts only one association gets all instances over it', async () => {
  await using peer = await startPeer({
    associate: (request, { association }) =>
      association > 0 ? { kind: 'associate-reject', result: 2, source: 3, reason: 2 } : acceptAll(request),
  })
  const destination = destinationAt(peer, { associations: 4 })
  await Promise.all(Array.from({ length: 10 }, () => destination.write(outputFile(dicomFile()))))
  expect(peer.stored).toHaveLength(10)
  expect(peer.mostOpen()).toBe(1)
  await destination.close()
})

test('check() sends a C-ECHO and returns the syntaxes for CT images', async () => {
  await withPeer(
    { associate: (request) => acceptSome(request, (uid) => uid !== explicitVrLittleEndian) },
    async (destination) => {
      const [echo, images] = (await destination.check?.()) ?? []
      expect(echo).toBe('The peer answers a C-ECHO.')
      expect(images).toMatch(/^It takes CT images in Implicit VR Little Endian, High-Throughput JPEG 2000/)
    },
  )
  const onlyOthers: Script = { associate: (request) => acceptSome(request, (_, sopClass) => sopClass === '1.9') }
  await withPeer(onlyOthers, async (destination) => {
    expect(await destination.check?.()).toEqual([
      'The peer accepts associations, but no C-ECHO.',
      'It does not take CT images.',
    ])
  })
  await withPeer({ answer: (message) => answerOf(message, status(0x0110)) }, async (destination) => {
    await expect(destination.check?.()).rejects.toMatchObject({ code: 'OUTPUT_REFUSED' })
  })
})

test('lists what it cannot do; with a record it can be resumed', () => {
  const options = { host: 'pacs', calledAeTitle: 'PACS' }
  const destination = dimseDestination(options)
  expect(Object.keys(destination.cannot ?? {}).toSorted()).toEqual(['dicomdir', 'pictures', 'resume', 'sync', 'verify'])
  expect(destination.name).toBe('dicom://PACS@pacs:104')
  // The record of one peer is not valid for another one.
  expect(destination.recordedAs).toBe(destination.name)
  const { cannot } = dimseDestination({ ...options, record: destination.record })
  expect(Object.keys(cannot ?? {}).toSorted()).toEqual(['dicomdir', 'pictures', 'sync', 'verify'])
  expect(dimseDestination({ ...options, host: '::1', tls: true }).name).toBe('dicoms://PACS@[::1]:2762')
})

test.each([
  [{ host: '' }, '`host`'],
  [{ port: 0 }, '`port`'],
  [{ port: 70_000 }, '`port`'],
  [{ calledAeTitle: '' }, '`calledAeTitle`'],
  [{ calledAeTitle: 'A\\B' }, '`calledAeTitle`'],
  [{ calledAeTitle: ' '.repeat(3) }, '`calledAeTitle`'],
  [{ callingAeTitle: 'SEVENTEEN_LETTERS' }, '`callingAeTitle`'],
  [{ callingAeTitle: 'Grün' }, '`callingAeTitle`'],
  [{ associations: 0 }, '`associations`'],
  [{ maxPduLength: 100 }, '`maxPduLength`'],
  [{ timeouts: { responseMs: 0 } }, '`timeouts.responseMs`'],
])('invalid options are refused: %o', (options, named) => {
  expect(() => dimseDestination({ host: 'pacs', calledAeTitle: 'PACS', ...options })).toThrow(named)
})

test('files that are not DICOM or not usable are not sent', async () => {
  await withPeer({}, async (destination, peer) => {
    const picture = { ...outputFile(new Uint8Array(8)), mediaType: 'image/png' }
    await expect(destination.write(picture)).rejects.toMatchObject({ code: 'OUTPUT_UNSUPPORTED' })
    for (const bytes of [new Uint8Array(0), new Uint8Array(500), dicomFile().subarray(0, 200)]) {
      await expect(destination.write(outputFile(bytes))).rejects.toMatchObject({ code: 'OUTPUT_FILE_REFUSED' })
    }
    expect(peer.requests).toEqual([])
  })
})

test('a deflated data set of odd length is padded, and any other one is refused', async () => {
  const odd = Buffer.concat([dicomFile({ transferSyntaxUid: deflatedExplicitVrLittleEndian }), Uint8Array.of(7)])
  await withPeer({}, async (destination, peer) => {
    await expect(destination.write(outputFile(odd))).resolves.toMatchObject({ byteLength: odd.byteLength })
    expect(peer.stored[0]?.dataSet.equals(Buffer.concat([dataSetOf(odd), Uint8Array.of(0)]))).toBe(true)
    const cut = dicomFile().subarray(0, -1)
    await expect(destination.write(outputFile(cut))).rejects.toThrow('has an odd length')
    expect(peer.stored).toHaveLength(1)
  })
})

test('an error of the source is thrown, and the instance does not count as complete', async () => {
  const failure = new Error('no more frames')
  async function* failing() {
    yield dicomFile().subarray(0, 600)
    throw failure
  }
  await withPeer({}, async (destination, peer) => {
    await expect(destination.write({ ...outputFile(dicomFile()), chunks: failing() })).rejects.toBe(failure)
    expect(peer.stored).toEqual([])
    await destination.write(outputFile(dicomFile()))
    expect(peer.requests).toHaveLength(2)
  })
})

test('an aborted signal ends writes and checks with its reason', async () => {
  const stop = new AbortController()
  const reason = new Error('stopped')
  const script: Script = {
    answer() {
      stop.abort(reason)
      return undefined
    },
  }
  await withPeer(script, async (destination) => {
    await expect(destination.write(outputFile(dicomFile()), { signal: stop.signal })).rejects.toBe(reason)
    await expect(destination.write(outputFile(dicomFile()), { signal: stop.signal })).rejects.toBe(reason)
  })
  // A server that never answers.
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const waiting = new AbortController()
  const destination = destinationAt({ port })
  const checking = destination.check?.({ signal: waiting.signal })
  const writing = destination.write(outputFile(dicomFile()), { signal: waiting.signal })
  server.once('connection', () => waiting.abort(reason))
  await expect(checking).rejects.toBe(reason)
  await expect(writing).rejects.toBe(reason)
  await destination.close()
  server.close()
})

test('accepts chunks that reuse one memory, for an instance of any length', async () => {
  const head = dicomFile({ sopClassUid: ctImageStorage, pixelData: new Uint8Array(0) })
  let asked = 0
  await withPeer({}, async (destination, peer) => {
    const memory = new Uint8Array(1 << 20)
    function* long() {
      yield head
      for (let megabyte = 0; megabyte < 20; megabyte++) {
        asked += 1
        yield memory
      }
    }
    const stored = await destination.write({ ...outputFile(head), chunks: long() })
    expect(stored.byteLength).toBe(head.byteLength + 20 * 2 ** 20)
    expect(peer.stored[0]?.dataSet.byteLength).toBe(dataSetOf(head).byteLength + 20 * 2 ** 20)
    expect(asked).toBe(20)
  })
})
