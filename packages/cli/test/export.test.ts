import { appendFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport, readJsonLines, readManifestFiles } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

const nowhere = '0'.repeat(32)
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

/** A module that makes the command write the number of its threads to standard error. */
const threadCounter = `data:text/javascript,${encodeURIComponent(`
  import { subscribe } from 'node:diagnostics_channel'
  import { isMainThread } from 'node:worker_threads'
  let threads = 0
  subscribe('worker_threads', () => (threads += 1))
  if (isMainThread) process.on('exit', () => console.error('threads: ' + threads))
`)}`

async function manifestValues(out: string, field: string): Promise<Set<unknown>> {
  const manifest = await readManifestFiles(out)
  return new Set(manifest.map((entry) => entry[field]))
}

async function exportedUids(out: string): Promise<Set<unknown>> {
  return await manifestValues(out, 'sopInstanceUid')
}

describe('export', () => {
  test('writes DICOM and PNG files and says what it did and where', async () => {
    const out = join(await makeFolder(), 'all')
    const { exitCode, stdout, stderr } = await ahi.run(['export', '--all', '--out', out, '--format', 'dcm,png'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(
      new RegExp(
        `^${ahi.imported} instances written, \\d+ frames, \\d+ files, \\d.* in \\d.*\\nrequests: .*\\nto ${out}\\n$`,
      ),
    )
    const manifest = await readManifestFiles(out)
    expect(new Set(manifest.map(({ format }) => format))).toEqual(new Set(['dcm', 'png']))
    expect(await exportedUids(out)).toHaveProperty('size', ahi.imported)
    const verified = await ahi.run(['verify', out])
    expect(verified).toMatchObject({ exitCode: 0, stderr: '' })
    expect(verified.stdout).toMatch(`${manifest.length} of ${manifest.length} files verified`)
    expect(verified.stdout).toContain('the export is complete; all good')
    await rm(join(out, String(manifest[0]?.['path'])))
    const lacking = await ahi.run(['verify', out])
    expect(lacking).toMatchObject({ exitCode: 1, stderr: '' })
    expect(lacking.stdout).toMatch(`${manifest.length - 1} of ${manifest.length} files verified`)
    expect(lacking.stdout).not.toContain('the export is complete')
  })

  test('reports as JSON', async () => {
    const out = await makeFolder()
    const { stdout } = await ahi.run(['export', ahi.studyInstanceUid, '--out', out, '--json'])
    const [summary] = parseJsonLines(stdout)
    expect(summary).toMatchObject({ outcome: 'complete', instances: { written: ahi.imported, failed: 0 } })
    const recorded: unknown = JSON.parse(await readFile(join(out, 'summary.json'), 'utf8'))
    expect(summary).toEqual({ schemaVersion: 1, ...Object(recorded) })
  })

  test('writes pictures of the frames that are asked for', async () => {
    const out = await makeFolder()
    const pictures = ['export', '--all', '--format', 'png', '--layout', '{Modality}-{InstanceNumber}']
    const { exitCode, stdout } = await ahi.run([...pictures, '--out', out, '--frame', '1', '--overlays', '--json'])
    expect(exitCode).toBe(0)
    const manifest = await readManifestFiles(out)
    expect(manifest.length).toBeGreaterThan(1)
    expect(new Set(manifest.map(({ frame }) => frame))).toEqual(new Set([0]))
    expect(manifest.filter(({ frames }) => Number(frames) > 1).map(({ path }) => path)).toEqual([
      expect.stringMatching(/-0001\.png$/),
    ])
    expect(parseJsonLines(stdout)).toMatchObject([{ files: manifest.length, frames: manifest.length }])
  })

  test('names instances that lack the frame or the window asked for', async () => {
    for (const [options, code] of [
      [['--frame', '1,999'], 'PICTURE_NO_SUCH_FRAME'],
      [['--window-index', '9'], 'RENDER_WINDOW_INVALID'],
    ] as const) {
      const out = await makeFolder()
      const command = ['export', '--all', '--out', out, '--format', 'dcm,png', ...options]
      expect(await ahi.run(command)).toMatchObject({ exitCode: 1 })
      const errors = await readJsonLines(join(out, 'errors.ndjson'))
      expect(new Set(errors.map((entry) => entry['code']))).toEqual(new Set([code]))
      expect(await exportedUids(out)).toHaveProperty('size', ahi.imported)
    }
  })

  test('keeps the stored transfer syntax and verifies unless told not to', async () => {
    const [checked, unchecked] = [await makeFolder(), await makeFolder()]
    const stored = ['export', '--all', '--transfer-syntax', 'stored']
    expect(await ahi.run([...stored, '--out', checked])).toMatchObject({ exitCode: 0 })
    expect(await ahi.run([...stored, '--out', unchecked, '--no-verify'])).toMatchObject({ exitCode: 0 })
    expect(await manifestValues(checked, 'checksum')).toEqual(new Set(['verified', 'none']))
    expect(await manifestValues(unchecked, 'checksum')).toEqual(new Set(['skipped', 'none']))
    expect(await readExport(unchecked)).toEqual(await readExport(checked))
  })

  test.each(['explicit', 'stored'])('takes whole instances with --source instance, %s', async (transferSyntax) => {
    const [whole, assembled] = [await makeFolder(), await makeFolder()]
    const job = ['export', '--all', '--transfer-syntax', transferSyntax]
    const result = await ahi.run([...job, '--out', whole, '--source', 'instance'])
    expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    await ahi.run([...job, '--out', assembled])
    expect(await manifestValues(whole, 'source')).toEqual(new Set(['instance']))
    expect(await manifestValues(assembled, 'source')).toEqual(new Set(['frames', 'none']))
    expect(await exportedUids(whole)).toEqual(await exportedUids(assembled))
    expect(await manifestValues(whole, 'transferSyntaxUid')).toEqual(
      await manifestValues(assembled, 'transferSyntaxUid'),
    )
    const { frames, unverifiedFrames } = JSON.parse(await readFile(join(whole, 'summary.json'), 'utf8'))
    expect({ hasFrames: frames > 0, unverifiedFrames }).toEqual({ hasFrames: true, unverifiedFrames: 0 })
    expect(await ahi.run(['verify', whole])).toMatchObject({ exitCode: 0 })
  })

  test('writes headers only', async () => {
    const out = await makeFolder()
    expect(await ahi.run(['export', '--all', '--out', out, '--header-only'])).toMatchObject({ exitCode: 0 })
    const manifest = await readManifestFiles(out)
    expect(manifest).toHaveLength(ahi.imported)
    for (const { bytes } of manifest) expect(Number(bytes)).toBeLessThan(10_000)
  })

  test('takes a series, an instance, an image set and its version', async () => {
    const [folder, imageSet] = [await makeFolder(), ahi.imageSets[0]]
    const series = `${ahi.studyInstanceUid}/${imageSet?.seriesInstanceUid}`
    await ahi.run(['export', series, '--out', join(folder, 'series')])
    const ofSeries = await exportedUids(join(folder, 'series'))
    const id = imageSet?.imageSetId ?? ''
    await ahi.run(['export', id, '--version-id', '1', '--out', join(folder, 'set')])
    expect(await exportedUids(join(folder, 'set'))).toEqual(ofSeries)
    const [instance] = ofSeries
    await ahi.run(['export', `${series}/${String(instance)}`, '--out', join(folder, 'one')])
    expect(await exportedUids(join(folder, 'one'))).toEqual(new Set([instance]))
  })

  test('reads selectors from standard input', async () => {
    const out = await makeFolder()
    const input = ahi.imageSets.map(({ imageSetId }) => `${imageSetId}\n`).join('# comment\n\n')
    expect(await ahi.run(['export', '-', '--out', out], { input })).toMatchObject({ exitCode: 0 })
    expect(await exportedUids(out)).toHaveProperty('size', ahi.imported)
    const none = await ahi.run(['export', '-', '--out', join(out, 'none')])
    expect(none).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('standard input holds no selector') })
  })

  test('follows the layout', async () => {
    const out = await makeFolder()
    await ahi.run(['export', '--all', '--out', out, '--layout', '{Modality}/{SOPInstanceUID}'])
    const modalities = new Set(ahi.imageSets.map(({ seriesModality }) => seriesModality))
    expect(new Set([...(await readExport(out)).keys()].map((path) => path.split('/')[0]))).toEqual(modalities)
  })

  test('says with --dry-run what it would do and writes nothing', async () => {
    const out = join(await makeFolder(), 'none')
    const { exitCode, stdout } = await ahi.run(['export', '--all', '--out', out, '--dry-run'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(new RegExp(`^instances +${ahi.imported}$`, 'm'))
    await expect(readFile(join(out, 'manifest.ndjson'))).rejects.toThrow('ENOENT')
    const json = await ahi.run(['export', '--all', '--dry-run', '--json'])
    expect(parseJsonLines(json.stdout)).toMatchObject([{ instances: ahi.imported, errors: {} }])
    const nothing = await ahi.run(['export', '1.2.3', '--dry-run'])
    expect(nothing).toMatchObject({ exitCode: 3, stdout: '' })
  })

  test('prints nothing with --quiet', async () => {
    const result = await ahi.run(['export', '--all', '--out', await makeFolder(), '--quiet'])
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('refuses a folder with an export, unless told to go on or to start over', async () => {
    const out = await makeFolder()
    const command = ['export', '--all', '--out', out, '--json']
    await ahi.run(command)
    const refused = await ahi.run(command)
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/--resume.*--overwrite/) })
    const resumed = parseJsonLines((await ahi.run([...command, '--resume'])).stdout)
    expect(resumed).toMatchObject([{ instances: { written: 0, skipped: ahi.imported } }])
    const overwritten = parseJsonLines((await ahi.run([...command, '--overwrite'])).stdout)
    expect(overwritten).toMatchObject([{ instances: { written: ahi.imported, skipped: 0 } }])
  })

  test.skipIf(platform() === 'win32')(
    'writes files for the user alone, or with the permissions asked for',
    async () => {
      for (const [args, expected] of [
        [[], '600'],
        [['--mode', '0640'], '640'],
      ] as const) {
        const out = join(await makeFolder(), 'new')
        await ahi.run(['export', '--all', '--out', out, '--format', 'dcm,png', ...args])
        const paths = await readdir(out, { recursive: true })
        const stats = await Promise.all(paths.map((path) => stat(join(out, path))))
        const modes = stats.filter((found) => found.isFile()).map(({ mode }) => (mode & 0o777).toString(8))
        expect(new Set(modes)).toEqual(new Set([expected]))
      }
    },
  )

  test('starts no more threads than it has work for', async () => {
    const out = await makeFolder()
    const counted = { env: { NODE_OPTIONS: `--import=${threadCounter}` } }
    const headers = await ahi.run(['export', '--all', '--out', out, '--header-only', '--threads', '4'], counted)
    expect(headers).toMatchObject({ exitCode: 0, stderr: 'threads: 1\n' })
    const ct = ahi.imageSets.find(({ seriesModality }) => seriesModality === 'CT')?.seriesInstanceUid
    const slices = (await readManifestFiles(out)).filter(({ path }) => String(path).includes(`/${ct}/`))
    const selector = `${ahi.studyInstanceUid}/${ct}/${String(slices[0]?.['sopInstanceUid'])}`
    const one = await ahi.run(['export', selector, '--out', await makeFolder(), '--threads', '4'], counted)
    expect(one).toMatchObject({ exitCode: 0, stderr: 'threads: 1\n' })
  })

  test('selects nothing in a study that is not there', async () => {
    const { exitCode, stderr, stdout } = await ahi.run(['export', '1.2.3', '--out', await makeFolder()])
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' })
    expect(stdout).toContain('nothing matched the selection')
  })

  test('names an image set that does not exist and exports the others', async () => {
    const out = await makeFolder()
    const id = ahi.imageSets[0]?.imageSetId ?? ''
    const { exitCode, stdout } = await ahi.run(['export', nowhere, id, '--out', out])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('errors.ndjson')
    expect(await readJsonLines(join(out, 'errors.ndjson'))).toMatchObject([
      { imageSetId: nowhere, code: 'NOTHING_SELECTED' },
    ])
    expect((await exportedUids(out)).size).toBeGreaterThan(0)
  })
})

describe('verify', () => {
  test('lists what is damaged, missing and not in the manifest', async () => {
    const out = await makeFolder()
    await ahi.run(['export', '--all', '--out', out])
    const [damaged = '', missing = ''] = [...(await readExport(out)).keys()]
    await appendFile(join(out, damaged), 'x')
    await rm(join(out, missing))
    await writeFile(join(out, 'stray.dcm'), '')
    const { exitCode, stdout } = await ahi.run(['verify', out])
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`size: ${damaged}: `)
    expect(stdout).toContain(`missing: ${missing}: `)
    expect(stdout).toContain('unlisted: stray.dcm: ')
    expect(stdout).toMatch(/; 3 problems\n$/)
    const json = parseJsonLines((await ahi.run(['verify', out, '--json'])).stdout)
    expect(json.map(({ kind }) => kind)).toEqual(['problem', 'problem', 'problem', 'summary'])
  })
})
