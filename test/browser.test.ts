import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { build as buildWithVite } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Entries that pages can import. All of it is bundled as a user does: by `exports`, `imports` and the condition `browser`. */
const entries = [
  '@ahi-dicom/runtime',
  '@ahi-dicom/ahi-metadata',
  '@ahi-dicom/ahi-metadata/printable',
  '@ahi-dicom/dicom-standard',
  '@ahi-dicom/dicom-standard/character-sets',
  '@ahi-dicom/dicom-standard/dictionary',
  '@ahi-dicom/dicom-standard/part10',
  '@ahi-dicom/dicom-standard/reader',
  '@ahi-dicom/dicom-standard/sop-classes',
  '@ahi-dicom/dicom-standard/transfer-syntaxes',
  '@ahi-dicom/htj2k-decoder',
  '@ahi-dicom/htj2k-decoder/browser',
  '@ahi-dicom/htj2k-decoder/headers',
  '@ahi-dicom/dicomizer',
  '@ahi-dicom/renderer',
]

/** Globals of Node.js that browsers lack. The bundler replaces free uses of them by these names. */
const nodeNames = { Buffer: 'BufferOfNode', process: 'processOfNode', setImmediate: 'setImmediateOfNode' }
const nodeOnly = /["']node:|\brequire\(["']|\bcreateRequire\b|\b(?:Buffer|process|setImmediate)OfNode\b/g

describe.each(entries)('%s, bundled for browsers by esbuild', (entry) => {
  test('has all its modules and none of Node.js', async () => {
    const { outputFiles, warnings } = await build({
      stdin: { contents: `export * from '${entry}'`, resolveDir: root },
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      define: nodeNames,
      write: false,
      outdir: 'out',
      logLevel: 'silent',
      // Chunks that a bundle does not need: esbuild says so of packages outside of node_modules alone.
      logOverride: { 'ignored-bare-import': 'silent' },
    })
    expect(warnings).toEqual([])
    expect(outputFiles.length).toBeGreaterThan(0)
    expect(outputFiles.flatMap(({ text }) => text.match(nodeOnly) ?? [])).toEqual([])
  })
})

describe('a page that decodes, bundled by Vite', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(root, 'node_modules', '.vite-page-'))
    await writeFile(
      join(folder, 'page.js'),
      "import { decodeFrame } from '@ahi-dicom/htj2k-decoder'; decodeFrame(data)",
    )
    await writeFile(join(folder, 'index.html'), '<script type="module" src="page.js"></script>')
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('has the codecs beside it, without a setting', async () => {
    await buildWithVite({ root: folder, configFile: false, logLevel: 'error', build: { assetsInlineLimit: 0 } })
    const assets = await readdir(join(folder, 'dist', 'assets'))
    const codecs = assets.flatMap((name) => /^(.+)-[\w-]{8}\.wasm$/.exec(name)?.[1] ?? [])
    expect(codecs.toSorted()).toEqual(['libjpeg-turbo', 'openjpeg', 'openjph'])
  })
})

test('the types compile for a page, with those of browsers and without those of Node.js', async () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const project = join(root, 'examples/in-a-browser/page')
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', project])
  expect(stdout).toBe('')
})
