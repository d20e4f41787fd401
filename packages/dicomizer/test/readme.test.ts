import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { frameChecksum, serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { afterAll, expect, test } from 'vitest'
import { imageMetadata } from './instances.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const readme = await readFile(join(packageFolder, 'README.md'), 'utf8')
const examples = [...readme.matchAll(/^```js\n(.*?)^```/gmsu)].map(([, code = '']) => code)
const work = await mkdtemp(join(tmpdir(), 'dicomizer-readme-'))

afterAll(() => rm(work, { recursive: true, force: true }))

/** Writes a metadata document and its only frame, a lossless JPEG. */
async function writeImageSet(): Promise<void> {
  const codeStream = await readFile(
    new URL('../../htj2k-decoder/test/fixtures/jpeg-lossless-12-bit.jpg', import.meta.url),
  )
  const decoded = await decodeFrame(codeStream)
  const { width: Width, height: Height } = decoded
  const metadata = imageMetadata(
    [{ decoded, codeStream: new Uint8Array(codeStream) }],
    {},
    {
      StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.70',
      ImageFrames: [
        {
          ID: 'frame0',
          PixelDataChecksumFromBaseToFullResolution: [{ Width, Height, Checksum: frameChecksum(codeStream) }],
        },
      ],
    },
  )
  await mkdir(join(work, 'frames'), { recursive: true })
  await writeFile(join(work, 'frames/frame0'), codeStream)
  await writeFile(join(work, 'metadata.json'), serializeImageSetMetadata(metadata))
}

/** Runs a module in the folder of the image set, with the imports of this package. */
function runModule(code: string): string {
  const program = `process.chdir(${JSON.stringify(work)})\n${code}`
  return execFileSync(process.execPath, ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program], {
    cwd: packageFolder,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  })
}

test('the frame reader of the README reads and decodes frames', async () => {
  await writeImageSet()
  const code = `${(examples[1] ?? '').replaceAll(/^export /gmu, '')}
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { dicomize } from '@ahi-dicom/dicomizer'
for (const instance of dicomize(parseImageSetMetadata(await readFile('metadata.json')), { frameReader: folderReader })) {
  for await (const chunk of instance.part10()) void chunk
  console.log(instance.transferSyntaxUid, instance.frameChecks)
}`
  expect(runModule(code)).toBe('1.2.840.10008.1.2.1 { verified: 1, unverified: 0 }\n')
})
