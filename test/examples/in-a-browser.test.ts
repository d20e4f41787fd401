import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { createFrameReader, dicomize, type DicomInstance } from '@ahi-dicom/dicomizer'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { describeImage, renderFrame } from '@ahi-dicom/renderer'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mustSkip } from '../interop/tools.ts'
import { examplesFolder } from './start.ts'

/** Where Debian's package has it. */
const executablePath = '/usr/bin/chromium'

const isSkipped = mustSkip('in-a-browser', { commands: [executablePath] })

describe.skipIf(isSkipped)('in-a-browser', () => {
  let folder: string
  let example: ChildProcess | undefined
  let browser: Browser | undefined
  let page: Page
  const complaints: string[] = []
  /** The instances of the page, made here of the same bytes. */
  let instances: readonly DicomInstance[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-in-a-browser-'))
    const started = await startExample(folder)
    example = started.example
    instances = await readInstances(folder)
    browser = await chromium.launch({ executablePath })
    page = await browser.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('requestfailed', (request) => complaints.push(request.url()))
    page.on('response', (response) => response.ok() || complaints.push(`${response.status()} ${response.url()}`))
    await page.goto(started.url)
  })

  afterAll(async () => {
    await browser?.close()
    const ended = example && once(example, 'exit')
    example?.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  })

  test('shows every frame as the renderer draws it in Node.js', async () => {
    expect(instances).toHaveLength(6)
    for (const [index, instance] of instances.entries()) {
      await choose(index)
      const picture = renderFrame(await instance.frame(0), describeImage(instance.attributes, 0))
      const opaque = Array.from(picture.data, (grey) => [grey, grey, grey, 255]).flat()
      const shown = await readCanvas(page)
      expect(shown).toMatchObject({ width: picture.width, height: picture.height })
      expect(Buffer.from(shown.base64, 'base64').equals(Buffer.from(opaque))).toBe(true)
      expect(new Set(picture.data).size).toBeGreaterThan(50)
    }
    expect(complaints).toEqual([])
  })

  test('gives each instance as the file that Node.js makes', async () => {
    for (const [index, instance] of instances.entries()) {
      await choose(index)
      const chunks: Buffer[] = []
      for await (const chunk of instance.part10()) chunks.push(Buffer.from(chunk))
      const { name, base64 } = await readDownload(page)
      expect(name).toBe(`${instance.sopInstanceUid}.dcm`)
      expect(Buffer.from(base64, 'base64').equals(Buffer.concat(chunks))).toBe(true)
    }
  })

  /** Waits for the page to say that it shows a frame. */
  async function choose(index: number): Promise<void> {
    await page.$eval(
      '#choice',
      (choice, value) => {
        Object.assign(choice, { value })
        choice.dispatchEvent(new Event('input'))
      },
      String(index),
    )
    await page.getByText(`frame ${index + 1} of 6`).waitFor()
  }
})

async function startExample(folder: string): Promise<{ readonly example: ChildProcess; readonly url: string }> {
  const env = { ...process.env, AHI_DATASTORE_ID: '', AHI_STUDY_INSTANCE_UID: '' }
  const cwd = join(examplesFolder, 'in-a-browser')
  const example = spawn(process.execPath, ['main.ts', folder], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: example.stdout })) {
    const url = /^open (\S+),/.exec(line)?.[1]
    if (url !== undefined) return { example, url }
  }
  throw new Error('The example ended without a page')
}

async function readInstances(folder: string): Promise<readonly DicomInstance[]> {
  const frameReader = createFrameReader({
    source: {
      getImageFrame: async ({ imageFrameId }) => ({
        data: new Uint8Array(await readFile(join(folder, 'frames', imageFrameId))),
      }),
    },
    decoder: { decode: (codeStream) => decodeFrame(codeStream) },
  })
  return [...dicomize(parseImageSetMetadata(await readFile(join(folder, 'metadata.json'))), { frameReader })]
}

interface Canvas {
  readonly width: number
  readonly height: number
  readonly base64: string
}

/** Code of pages is text, because this repository has the types of Node.js only. */
async function readCanvas(page: Page): Promise<Canvas> {
  const found = await page.evaluate(`(() => {
    const canvas = document.querySelector('canvas')
    const { width, height } = canvas
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height)
    return JSON.stringify({ width, height, base64: (${toBase64})(data) })
  })()`)
  return JSON.parse(String(found))
}

async function readDownload(page: Page): Promise<{ readonly name: string; readonly base64: string }> {
  const found = await page.evaluate(`(async () => {
    const { href, download } = document.querySelector('#download')
    const bytes = new Uint8Array(await (await fetch(href)).arrayBuffer())
    return JSON.stringify({ name: download, base64: (${toBase64})(bytes) })
  })()`)
  return JSON.parse(String(found))
}

const toBase64 = `(bytes) => {
  let text = ''
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192))
  }
  return btoa(text)
}`
