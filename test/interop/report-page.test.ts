import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { writeAtomically } from '@ahi-dicom/exporter-fs'
import { encodeReport } from '@ahi-dicom/report-page'
import axe from 'axe-core'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  dicomFile,
  exportDouble,
  type ExportDouble,
  type FileDouble,
} from '../../packages/report-page/test/export-double.ts'
import { mustSkip } from './tools.ts'

const image = '<img src=x onerror="document.title=1">'
const script = '</script><script>document.title=1</script>'
const hostile = `${image} ${script} \u2028"\u2029\u0001`

/** Source of a function that searches for a text and returns the milliseconds until the page shows the result. */
const timedSearch = `async (text) => {
  const changed = new Promise((resolve) => {
    new MutationObserver(resolve).observe(document.querySelector('#status'), { childList: true })
  })
  const box = document.querySelector('#search')
  box.value = text
  const start = performance.now()
  box.dispatchEvent(new Event('input'))
  await changed
  return Math.round(performance.now() - start)
}`

async function waitForStatus(page: Page, text: string): Promise<void> {
  await page.locator('#status', { hasText: text }).waitFor()
}

function fileOf(series: number, number: number, more: Partial<FileDouble> = {}): FileDouble {
  const study = `1.2.840.99.${Math.ceil(series / 2)}`
  const seriesUid = `${study}.${series}`
  const sop = `${seriesUid}.${number}`
  const attributes = { Modality: series % 2 === 0 ? 'MR' : 'CT', SeriesDescription: `Series ${series}` }
  return {
    study,
    series: seriesUid,
    sop,
    path: `${study}/${seriesUid}/${sop}.dcm`,
    bytes: () => dicomFile(attributes),
    ...more,
  }
}

const small: ExportDouble = {
  files: [1, 2, 3].flatMap((series) => Array.from({ length: series * 2 }, (_, index) => fileOf(series, index + 1))),
  failures: [
    {
      datastoreId: '1',
      imageSetId: 'i',
      seriesInstanceUid: '1.2.840.99.1.1',
      code: 'FRAME_MISSING',
      message: hostile,
      retryable: true,
    },
  ],
}

/** The rows of a series come once the browser has told that it is open. */
async function expectRows(page: Page, count: number): Promise<void> {
  const rows = page.locator('tbody tr')
  await rows.nth(count - 1).waitFor()
  expect(await rows.count()).toBe(count)
}

describe.skipIf(mustSkip('the page of an export in a browser', { commands: ['chromium'] }))(
  'a page in Chromium',
  () => {
    let browser: Browser
    let folder: string

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'report-page-'))
      // Root has no sandbox. The page is our own.
      browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        chromiumSandbox: process.getuid?.() !== 0,
      })
    })
    afterAll(async () => {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    })

    interface Opened extends AsyncDisposable {
      readonly page: Page
      /** Errors of scripts and of the policy, and requests. */
      readonly complaints: readonly string[]
    }

    async function open(what: ExportDouble, context: BrowserContextOptions = {}): Promise<Opened> {
      const file = join(folder, 'page.html')
      const destination = await exportDouble(what)
      await writeAtomically(file, encodeReport({ destination, linkBase: '', withPatientData: true }))
      const page = await browser.newPage(context)
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('request', (request) => {
        const url = request.url()
        if (!url.startsWith('data:') && url !== pathToFileURL(file).href) complaints.push(url)
      })
      await page.goto(pathToFileURL(file).href)
      return { page, complaints, [Symbol.asyncDispose]: () => page.close() }
    }

    test('shows series with thumbnails, and their files when they are opened', async () => {
      await using opened = await open(small)
      const { page, complaints } = opened
      expect(await page.locator('#status').textContent()).toBe('3 series, 12 instances')
      expect(await page.locator('details.series').count()).toBe(3)
      expect(await page.locator('tbody tr').count()).toBe(0)
      const sizes = await page
        .locator('img.thumbnail')
        .evaluateAll((images) => images.map((image) => image.clientWidth))
      expect(sizes).toHaveLength(3)
      await page.locator('summary').nth(2).click()
      await expectRows(page, 6)
      expect(await page.locator('tbody a').first().getAttribute('href')).toBe(small.files.at(-6)?.path)
      expect(await page.locator('tbody code').first().textContent()).toBe('ab'.repeat(32))
      expect(complaints).toEqual([])
    })

    test('is searched and sorted', async () => {
      await using opened = await open(small)
      const { page } = opened
      await page.selectOption('#sort', 'bytes')
      expect(await page.locator('h3').allTextContents()).toEqual(['CT: Series 3', 'MR: Series 2', 'CT: Series 1'])
      await page.fill('#search', 'mr')
      await waitForStatus(page, '1 series, 4 instances')
      await page.fill('#search', `${small.files.at(-1)?.sop}`)
      await waitForStatus(page, '1 series, 1 instance')
      await page.locator('summary').click()
      await expectRows(page, 1)
      await page.fill('#search', '')
      await waitForStatus(page, '3 series, 12 instances')
      await page.locator('summary').first().click()
      const head = page.getByRole('button', { name: 'SOP instance' })
      await head.click()
      await head.click()
      expect(await page.locator('tbody td').first().textContent()).toBe(small.files.at(-1)?.sop)
      expect(await page.locator('th').first().getAttribute('aria-sort')).toBe('descending')
    })

    test('works by keyboard', async () => {
      await using opened = await open(small)
      const { page } = opened
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.className')).toBe('skip')
      await page.keyboard.press('/')
      await page.keyboard.type('series 2')
      await waitForStatus(page, '1 series, 4 instances')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await expectRows(page, 4)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      expect(await page.locator('th').first().getAttribute('aria-sort')).toBe('ascending')
    })

    test('leads from its head to what failed', async () => {
      await using opened = await open(small)
      const { page } = opened
      expect(await page.locator('#entries a').allTextContents()).toEqual(['1 failure'])
      await page.locator('#entries a').click()
      expect(await page.evaluate('location.hash')).toBe('#failures')
      await using complete = await open({ files: small.files })
      expect(await complete.page.locator('#entries').textContent()).toBe('')
    })

    test('keeps what looks like markup as text', async () => {
      const files = [
        fileOf(1, 1, {
          study: hostile,
          sop: hostile,
          path: `${hostile.replaceAll('/', '_')}.dcm`,
          bytes: () => dicomFile({ PatientName: image, SeriesDescription: script }),
        }),
      ]
      await using opened = await open({ ...small, files })
      const { page, complaints } = opened
      await page.locator('summary').click()
      expect(await page.locator('h3').textContent()).toBe(`OT: ${script}`)
      expect(await page.locator('h2').first().textContent()).toBe(`Study ${hostile}`)
      expect(await page.locator('tbody td').first().textContent()).toBe(hostile)
      expect(await page.locator('#failures li').textContent()).toContain(hostile)
      expect(await page.title()).toBe('DICOM export')
      expect(await page.locator('main img:not(.thumbnail), main script').count()).toBe(0)
      const href = String(await page.evaluate("document.querySelector('tbody a').href"))
      expect(decodeURIComponent(href)).toContain(image)
      expect(complaints).toEqual([])
    })

    const looks: readonly (readonly [string, BrowserContextOptions])[] = [
      ['in the light', {}],
      ['in the dark', { colorScheme: 'dark' }],
      ['on a phone', { viewport: { width: 360, height: 720 }, hasTouch: true }],
    ]

    test.each(looks)('is found without fault by axe-core, %s', async (_, context) => {
      await using opened = await open(small, { ...context, bypassCSP: true })
      const { page } = opened
      await page.locator('summary').first().click()
      await page.addScriptTag({ content: axe.source })
      const found: unknown = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [id, impact, nodes[0].html]))',
      )
      expect(found).toEqual([])
      // Nothing is wider than the screen.
      expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    })

    test('prints series without controls', async () => {
      await using opened = await open(small)
      const { page } = opened
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
      expect(await page.locator('.controls').isVisible()).toBe(false)
      expect(await page.locator('summary').first().isVisible()).toBe(true)
      const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      expect(colour).toBe('rgb(255, 255, 255)')
    })

    test('says what the values of a study are, and where a thumbnail is missing', async () => {
      const numbered = fileOf(1, 1, { bytes: () => dicomFile({ StudyID: '7', AccessionNumber: '7' }) })
      const { bytes: _none, ...missing } = fileOf(2, 1)
      await using opened = await open({ files: [numbered, missing] })
      const { page } = opened
      expect(await page.locator('.study p').textContent()).toBe('Study ID: 7 · Accession number: 7')
      expect(await page.locator('span.thumbnail').allTextContents()).toEqual(['no thumbnail'])
    })

    test('says in print that not all series are shown', async () => {
      const files = Array.from({ length: 101 }, (_, index) => fileOf(index + 1, 1))
      await using opened = await open({ files })
      const { page } = opened
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('#after-list').innerText()).toBe('Show more: 1 series left')
    })

    test.each([
      [10_000, 100],
      [100_000, 1000],
    ])('of %i instances makes few elements', async (instances, series) => {
      const files = Array.from({ length: instances }, (_, index) =>
        fileOf((index % series) + 1, Math.floor(index / series) + 1),
      )
      await using opened = await open({ files })
      const { page, complaints } = opened
      const ms = String(await page.evaluate('document.documentElement.dataset.usableAfterMs'))
      console.log(`A page of ${instances} instances was usable after ${ms} ms`)
      expect(await page.locator('#status').textContent()).toBe(
        `${series.toLocaleString('en')} series, ${instances.toLocaleString('en')} instances`,
      )
      expect(await page.locator('body *:not(script)').count()).toBeLessThan(2000)
      const { sop } = files.at(-1) ?? { sop: '' }
      const searched = String(await page.evaluate(`(${timedSearch})(${JSON.stringify(sop)})`))
      console.log(`A search in it took ${searched} ms`)
      expect(await page.locator('#status').textContent()).toBe('1 series, 1 instance')
      expect(complaints).toEqual([])
    })
  },
)
