import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesInMemory, openPart10, plainText } from '@ahi-dicom/dicom-standard/reader'
import { tags } from '@ahi-dicom/dicom-standard'
import { hasPart10Prefix } from '@ahi-dicom/dicom-standard/part10'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { dimseDestination, type DimseDestinationOptions } from '@ahi-dicom/exporter-dimse'
import { folderDestination, folderRecord } from '@ahi-dicom/exporter-fs'
import type { Destination, StoredFile } from '@ahi-dicom/export-files'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates, type Certificates } from './certificates.ts'
import { readManifest } from './export-journal.ts'
import { orthancMissing, startOrthanc, type Orthanc } from './orthanc.ts'
import { connection } from './round-trip.ts'
import { listSharedFiles, sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { startStorescp, type StorePeer } from './store-peers.ts'
import { mustSkip } from './tools.ts'

let folder: string
/** Part 10 files of the shared folder that say where their data set begins. Others are refused, or hard to compare. */
let files: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dimse-'))
  files = sharedFilesMissing() === undefined ? await part10Files() : []
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function part10Files(): Promise<string[]> {
  const found: string[] = []
  for (const name of listSharedFiles()) {
    const path = join(sharedDicom, name)
    const start = (await readFile(path)).subarray(0, 136)
    if (hasPart10Prefix(start) && start.readUInt32LE(132) === tags.fileMetaInformationGroupLength >>> 16)
      found.push(path)
  }
  return found
}

function destinationAt(port: number, options: Partial<DimseDestinationOptions> = {}): Destination {
  return dimseDestination({ host: '127.0.0.1', port, calledAeTitle: 'ANY', ...options })
}

function send(destination: Destination, path: string): Promise<StoredFile> {
  const chunks = createReadStream(path)
  return destination.write({ path, format: 'dcm', mediaType: 'application/dicom', chunks })
}

/** Sent files, and the files that the peer stored. */
interface Sent {
  readonly path: string
  readonly stored: StoredFile
  readonly kept: string
}

/** Sends files one by one. Returns those that arrived, and why others did not. */
async function sendAll(
  peer: StorePeer,
): Promise<{ readonly sent: readonly Sent[]; readonly refused: readonly string[] }> {
  const destination = destinationAt(peer.port, { associations: 1 })
  const sent: Sent[] = []
  const refused: string[] = []
  for (const path of files) {
    try {
      const stored = await send(destination, path)
      const [kept = ''] = await peer.arrived()
      sent.push({ path, stored, kept })
    } catch (error) {
      await peer.arrived()
      refused.push(String(error).replace(/.*": /, ''))
    }
  }
  await destination.close()
  return { sent, refused }
}

/** More arrive. */
const mostFiles = 100
/** Why files may be refused: the answer of the peer, or the fault of the file. */
const named =
  /^(the peer does not take|the peer refuses it with status [0-9A-F]{4} |its data set|its group 0002|it ends)/

/** The data set of a file: the bytes after group 2. */
async function dataSetOf(path: string): Promise<Buffer> {
  const file = await readFile(path)
  return file.subarray(144 + file.readUInt32LE(140))
}

/** Whether a peer keeps the data set that was sent. A deflated one of odd length is padded. */
async function isSame(kept: string, path: string): Promise<boolean> {
  const [arrived, sent] = [await dataSetOf(kept), await dataSetOf(path)]
  return (
    arrived.byteLength - sent.byteLength === sent.byteLength % 2 && arrived.subarray(0, sent.byteLength).equals(sent)
  )
}

/** Compares sent and received files with pydicom. */
async function differences(pairs: readonly (readonly [string, string])[]): Promise<readonly string[]> {
  const list = join(folder, 'pairs.json')
  await writeFile(list, JSON.stringify(pairs))
  const script = join(import.meta.dirname, 'compare_sent.py')
  const found: unknown = JSON.parse(execFileSync('python3', [script, list], { encoding: 'utf8', maxBuffer: 1 << 28 }))
  return Array.isArray(found) ? found.map(String) : [String(found)]
}

const shared = { excuse: sharedFilesMissing() }
const pydicom = ['pydicom']

describe.skipIf(mustSkip('C-STORE to storescp', { ...shared, commands: ['storescp'], pythonModules: pydicom }))(
  'storescp',
  () => {
    test('keeps every shared file that it accepts byte for byte, and others are named', async () => {
      await using peer = await startStorescp(join(folder, 'all'), ['+xa', '+B', '-pm'])
      const { sent, refused } = await sendAll(peer)
      for (const { path, kept } of sent) expect([path, await isSame(kept, path)]).toEqual([path, true])
      expect(await differences(sent.map(({ path, kept }) => [path, kept]))).toEqual([])
      expect(sent.length).toBeGreaterThan(mostFiles)
      expect(refused.filter((reason) => !named.test(reason))).toEqual([])
    })

    test('gets explicit VR as implicit VR if it takes nothing else, with equal values', async () => {
      await using peer = await startStorescp(join(folder, 'implicit'), ['+xi', '+B', '-pm'])
      const { sent, refused } = await sendAll(peer)
      const transcoded = sent.filter(({ stored }) => stored.answer?.transferSyntaxUid === '1.2.840.10008.1.2')
      expect(await differences(sent.map(({ path, kept }) => [path, kept]))).toEqual([])
      expect(transcoded.length).toBeGreaterThan(mostFiles / 2)
      expect(refused.filter((reason) => !named.test(reason))).toEqual([])
    })

    test('says by C-ECHO that it is there, and what it takes', async () => {
      await using peer = await startStorescp(join(folder, 'echo'))
      expect(await destinationAt(peer.port).check?.()).toEqual([
        'The peer answers a C-ECHO.',
        'It takes CT images in Explicit VR Little Endian, Implicit VR Little Endian.',
      ])
    })

    test('gets an export of threads, though it serves one association at a time, and the record has its answers', async () => {
      await using emulator = await startEmulator()
      const { imported } = await emulator.importDicom(Array.from(generateStudy({ ctSlices: 8 }), ({ data }) => data))
      await using exporter = createExporter({ ...connection(emulator.endpoint), lanes: 2 })
      await using peer = await startStorescp(join(folder, 'export'), ['+B'])
      const job = { datastoreId: emulator.datastoreId, selectors: 'all' } as const
      const record = folderRecord({ directory: join(folder, 'record') })
      const summary = await exporter.exportTo({ ...job, destination: destinationAt(peer.port, { record }) })
      expect(summary).toMatchObject({ outcome: 'complete', instances: { written: imported, failed: 0 } })
      const manifest = await readManifest(join(folder, 'record'))
      expect(new Set(manifest.map((line) => JSON.stringify(Reflect.get(line, 'answer'))))).toEqual(
        new Set(['{"status":"0000"}']),
      )
      const directory = join(folder, 'exported')
      await exporter.exportTo({ ...job, destination: folderDestination({ directory }) })
      const written = await readManifest(directory)
      const byUid = new Map(
        await Promise.all((await peer.arrived()).map(async (path) => [await uidOf(path), path] as const)),
      )
      for (const { path } of written) {
        const kept = byUid.get(await uidOf(join(directory, path))) ?? ''
        expect((await dataSetOf(kept)).equals(await dataSetOf(join(directory, path)))).toBe(true)
      }
      const again = await exporter.exportTo({
        ...job,
        destination: destinationAt(peer.port, { record }),
        mode: 'resume',
      })
      expect(again).toMatchObject({ outcome: 'complete', instances: { written: 0, skipped: imported } })
    })

    test.each([
      ['--refuse', 'OUTPUT_REFUSED', 'rejects associations without a reason'],
      ['--abort-during', 'OUTPUT_FAILED', 'aborted the association'],
      ['--abort-after', 'OUTPUT_FAILED', 'aborted the association'],
    ])('%s is named', async (option, code, message) => {
      await using peer = await startStorescp(join(folder, option), [option])
      const destination = destinationAt(peer.port, { repeatDelaysMs: [1] })
      const [path = ''] = files.filter((file) => file.endsWith('CT_small.dcm'))
      const failure = send(destination, path)
      await expect(failure).rejects.toMatchObject({ code })
      await expect(failure).rejects.toThrow(message)
      await destination.close()
    })

    test('that answers late is waited for, or given up after the time for that', async () => {
      await using peer = await startStorescp(join(folder, 'late'), ['--sleep-during', '1', '--max-pdu', '131072'])
      const [path = ''] = files.filter((file) => file.endsWith('CT_small.dcm'))
      const hasty = destinationAt(peer.port, { repeatDelaysMs: [], timeouts: { responseMs: 100 } })
      await expect(send(hasty, path)).rejects.toThrow('has stopped answering')
      await hasty.close()
      const patient = destinationAt(peer.port)
      expect((await send(patient, path)).answer).toEqual({ status: '0000' })
      await patient.close()
    })
  },
)

async function uidOf(path: string): Promise<string> {
  const { dataSet } = await openPart10(bytesInMemory(await readFile(path)), { endBefore: tags.sopInstanceUid + 1 })
  return plainText(dataSet.get(tags.sopInstanceUid))
}

describe.skipIf(mustSkip('C-STORE with TLS', { ...shared, commands: ['storescp'] }))('storescp with TLS', () => {
  let certificates: Certificates
  let path: string

  beforeAll(() => {
    certificates = makeCertificates(folder)
    path = files.find((file) => file.endsWith('CT_small.dcm')) ?? ''
  })

  const withTls = (name: string): Promise<StorePeer> => {
    const { ca, server } = certificates
    return startStorescp(join(folder, name), ['+tls', server.keyPath, server.certPath, '+cf', ca.certPath])
  }

  test('trusts the certificate that it asks for, and is trusted', async () => {
    await using peer = await withTls('tls')
    const { ca, client } = certificates
    const tls = { ca: ca.cert, cert: client.cert, key: client.key }
    const destination = destinationAt(peer.port, { host: 'localhost', tls })
    expect(await destination.check?.()).toHaveLength(2)
    expect((await send(destination, path)).answer).toEqual({ status: '0000' })
    expect(await peer.arrived()).toHaveLength(1)
    await destination.close()
  })

  test('says what is wrong with certificates and TLS', async () => {
    await using peer = await withTls('tls-wrong')
    await using plain = await startStorescp(join(folder, 'plain'))
    const { ca, client, stranger } = certificates
    const own = { ca: ca.cert, cert: client.cert, key: client.key }
    const host = 'localhost'
    for (const [options, message] of [
      [{ host, tls: true }, 'the certificate of the peer is not trusted'],
      [{ host, tls: { ...own, ca: stranger.cert } }, 'the certificate of the peer is not trusted'],
      [{ host: '127.0.0.1', tls: own }, 'the certificate of the peer is not for "127.0.0.1"'],
      [{ host, tls: { ca: ca.cert } }, 'the peer requires a client certificate'],
      [{ host, tls: { ...own, cert: stranger.cert, key: stranger.key } }, 'the peer requires a client certificate'],
      [{ host }, 'TLS'],
      [{ host, tls: own, port: plain.port }, 'connect without TLS, or correct the port'],
    ] as const) {
      const checked = destinationAt(peer.port, options).check?.()
      await expect(checked).rejects.toMatchObject({ message: expect.stringContaining(message) })
    }
  })
})

const orthanc = shared.excuse ?? notInCi(orthancMissing())

/**
 * Cut short, or in another transfer syntax than they say: Orthanc waits 30 s for the bytes that they announce, each time, and
 * aborts the association.
 */
const waitedFor = /\/(MR_truncated|emri_small_jpeg_2k_lossless_too_short|SC_rgb_jpeg)\.dcm$/

/** Orthanc takes superfluous spaces at the end of texts away. */
const isPadding = / ((?:..)*?)(?:20)+ became \1(?:20)?$/

const atATime = 8

/** Sends files to Orthanc, several at a time, and downloads the stored ones. */
async function sendAllToOrthanc(
  destination: Destination,
  peer: Orthanc,
): Promise<{ readonly sent: readonly Sent[]; readonly refused: readonly string[] }> {
  const sent: Sent[] = []
  const refused: string[] = []
  const wanted = files.filter((path) => !waitedFor.test(path))
  // If several files have the same instance, Orthanc keeps the last.
  const byUid = Map.groupBy(
    await Promise.all(wanted.map(async (path) => [await uidOf(path).catch(() => ''), path] as const)),
    ([uid]) => uid,
  )
  const groups = byUid.values()
  const sendGroups = async (): Promise<void> => {
    for (const group of groups) {
      for (const [uid, path] of group) {
        try {
          const stored = await send(destination, path)
          const kept = join(folder, `orthanc-${sent.length}-${refused.length}-${uid}.dcm`)
          await writeFile(kept, (await peer.instance(uid)) ?? '')
          sent.push({ path, stored, kept })
        } catch (error) {
          refused.push(String(error).replace(/.*": /, ''))
        }
      }
    }
  }
  await Promise.all(Array.from({ length: atATime }, sendGroups))
  return { sent, refused }
}

describe.skipIf(mustSkip('C-STORE to Orthanc', { excuse: orthanc, pythonModules: pydicom }))('Orthanc', () => {
  test('keeps every shared file that it accepts, and answers to its own AE title alone', async () => {
    await using peer = await startOrthanc({ folder: join(folder, 'orthanc'), aeTitle: 'ORTHANC' })
    const destination = destinationAt(peer.dicomPort, { calledAeTitle: 'ORTHANC', associations: atATime })
    const { sent, refused } = await sendAllToOrthanc(destination, peer)
    await destination.close()
    const found = await differences(sent.map(({ path, kept }) => [path, kept]))
    expect(found.filter((line) => !isPadding.test(line))).toEqual([])
    expect(sent.length).toBeGreaterThan(mostFiles)
    expect(refused.filter((reason) => !named.test(reason))).toEqual([])
    const other = destinationAt(peer.dicomPort, { calledAeTitle: 'OTHER' })
    await expect(other.check?.()).rejects.toMatchObject({
      code: 'OUTPUT_REFUSED',
      message: expect.stringContaining('does not answer as AE title "OTHER"; correct the called AE title'),
    })
  })
})

/** CI installs Orthanc; `mustSkip` refuses to skip there. */
function notInCi(reason: string | undefined): string | undefined {
  if (reason !== undefined && process.env['CI'] !== undefined) throw new Error(`${reason}; run test/tools/install.sh`)
  return reason
}
