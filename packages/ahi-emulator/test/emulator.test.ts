import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataFolderError, generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { call, frameOf, instancesOf, metadataOf } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

const stoppedClock = (): number => Date.UTC(2026, 0, 1)

describe('startEmulator', () => {
  let data: string

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
  })

  afterEach(() => rm(data, { recursive: true, force: true }))

  test('serves on a free port of the loopback interface, with a data store', async () => {
    await using emulator = await startEmulator()
    expect(emulator.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const { json } = await call(emulator.endpoint, '/datastore', { method: 'GET' })
    expect(json['datastoreSummaries']).toMatchObject([
      { datastoreId: emulator.datastoreId, datastoreName: 'ahi-emulator' },
    ])
  })

  test('has the same data after a restart', async () => {
    // Reading changes the time of the last access.
    const now = stoppedClock
    const first = await startEmulator({ data, now })
    const files = Array.from(generateStudy({ ctSlices: 2, ultrasoundFrames: 2 }), (file) => file.data)
    const { imageSets } = await first.importDicom(files)
    const before = await everythingOf(
      first,
      imageSets.map(({ imageSetId }) => imageSetId),
    )
    await first.close()
    await using second = await startEmulator({ data, now, datastoreName: 'not used' })
    expect(second.datastoreId).toBe(first.datastoreId)
    expect(
      await everythingOf(
        second,
        imageSets.map(({ imageSetId }) => imageSetId),
      ),
    ).toEqual(before)
    expect(before).toHaveLength(3)
  })

  test('keeps a second emulator out of its folder', async () => {
    const emulator = await startEmulator({ data })
    await expect(startEmulator({ data })).rejects.toMatchObject({
      name: 'DataFolderError',
      code: 'DATA_FOLDER_IN_USE',
      message: `Cannot open the data folder ${data}: another process has it open; stop that process, or use another folder`,
    })
    await emulator.close()
    await using next = await startEmulator({ data })
    expect(next.datastoreId).toBe(emulator.datastoreId)
  })

  test('refuses a data folder that is a file', async () => {
    const file = join(data, 'file')
    await writeFile(file, 'text')
    await expect(startEmulator({ data: file })).rejects.toThrow(DataFolderError)
    await writeFile(join(data, 'ahi-emulator.sqlite'), 'no database at all, but long enough to be looked at'.repeat(30))
    await expect(startEmulator({ data })).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' })
  })

  test('releases the folder if the port is in use', async () => {
    await using emulator = await startEmulator()
    const port = Number(new URL(emulator.endpoint).port)
    await expect(startEmulator({ data, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await using next = await startEmulator({ data })
    expect(next.datastoreId).toMatch(/^[\da-z]{32}$/)
  })

  test('closes while connections are open, and only once', async () => {
    const emulator = await startEmulator({ data })
    const socket = connect(Number(new URL(emulator.endpoint).port), '127.0.0.1')
    await once(socket, 'connect')
    const closings = [emulator.close(), emulator.close(), once(socket, 'close')]
    await expect(Promise.all(closings)).resolves.toHaveLength(3)
    await emulator.close()
  })

  test('waits for a running import before it closes', async () => {
    const emulator = await startEmulator({ data })
    const running = emulator.importDicom([secondaryCapture()])
    await emulator.close()
    expect(await running).toMatchObject({ imported: 1 })
    await using next = await startEmulator({ data })
    const { json } = await call(next.endpoint, `/datastore/${next.datastoreId}/searchImageSets`, { body: {} })
    expect(json['imageSetsMetadataSummaries']).toHaveLength(1)
  })

  test('removes its temporary folder', async () => {
    // Tests of other packages create such folders at the same time, so use a separate temporary folder.
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, data)
    onTestFinished(() => void vi.unstubAllEnvs())
    const emulator = await startEmulator()
    await emulator.importDicom([secondaryCapture()])
    expect(temporaryFolders()).toHaveLength(1)
    await emulator.close()
    expect(temporaryFolders()).toEqual([])
  })

  test('shows nothing of an import whose process was killed', async () => {
    const child = spawn(
      process.execPath,
      [...process.execArgv, '--conditions=@ahi-dicom/source', script('killed-import.ts'), data],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(filesOf(join(data, 'batches')).length).toBeGreaterThan(0)
    await using emulator = await startEmulator({ data })
    const { json } = await call(emulator.endpoint, `/datastore/${emulator.datastoreId}/searchImageSets`, { body: {} })
    expect(json['imageSetsMetadataSummaries']).toEqual([])
    expect(filesOf(join(data, 'batches'))).toEqual([])
    expect(await emulator.importDicom([secondaryCapture()])).toMatchObject({ imported: 1 })
  })
})

async function everythingOf(
  { endpoint, datastoreId }: { readonly endpoint: string; readonly datastoreId: string },
  imageSetIds: readonly string[],
): Promise<unknown[]> {
  return Promise.all(
    imageSetIds.map(async (imageSetId) => {
      const place = { endpoint, datastoreId, imageSetId }
      const metadata = await metadataOf(place)
      const frames = instancesOf(metadata).flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => frameOf(place, ID)))
      const path = `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageSet`
      return { metadata, frames: await Promise.all(frames), properties: (await call(endpoint, path)).json }
    }),
  )
}

function script(name: string): string {
  return fileURLToPath(new URL(`support/${name}`, import.meta.url))
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String)
}

function temporaryFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^ahi-emulator-(?!test-)/.test(name))
}
