import { fileURLToPath } from 'node:url'
import { characterSetChoices, textDecoding } from '@ahi-dicom/dicom-standard/character-sets'
import { build } from 'esbuild'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mustSkip } from './tools.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Where Debian's package has it. */
const executablePath = '/usr/bin/chromium'
const isSkipped = mustSkip('character sets in a browser', { commands: [executablePath] })

const singleByte = [
  '',
  ...[13, 100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 166].map((number) => `ISO_IR ${number}`),
]
const twoByte = ['ISO 2022 IR 87', 'ISO 2022 IR 159', 'ISO 2022 IR 149', 'ISO 2022 IR 58']
const escapes = ['\u001b$B', '\u001b$(D', '\u001b$)C', '\u001b$)A']

/** Bytes in the character set that terms name. */
interface Case {
  readonly terms: readonly string[]
  readonly bytes: readonly number[]
}

function* cases(): Generator<Case> {
  for (const term of singleByte) {
    for (let byte = 1; byte < 256; byte += 1) yield { terms: [term], bytes: [0x41, byte, 0x42] }
  }
  for (const [index, term] of twoByte.entries()) {
    const escape = Array.from(escapes[index] ?? '', (character) => character.charCodeAt(0))
    const high = index < 2 ? 0 : 0x80
    for (const [first, second] of pairs(0x21, 0x7e, 0x21, 0x7e)) {
      yield { terms: ['', term], bytes: [...escape, first | high, second | high] }
    }
  }
  for (const term of ['GBK', 'GB18030']) {
    for (const [first, second] of pairs(0x81, 0xfe, 0x40, 0xfe)) yield { terms: [term], bytes: [first, second] }
  }
  for (let index = 0; index < 39_420; index += 7) {
    const step = Math.floor(index / 10)
    const [second, third] = [0x30 + (Math.floor(step / 126) % 10), 0x81 + (step % 126)]
    yield { terms: ['GB18030'], bytes: [0x81 + Math.floor(step / 1260), second, third, 0x30 + (index % 10)] }
  }
  for (const bytes of [
    [0xe2, 0x82, 0xac],
    [0xff, 0x41],
    [0xe2, 0x82],
    [0xef, 0xbb, 0xbf, 0x41],
  ]) {
    yield { terms: ['ISO_IR 192'], bytes }
  }
}

function* pairs(firstLow: number, firstHigh: number, low: number, high: number): Generator<readonly [number, number]> {
  for (let first = firstLow; first <= firstHigh; first += 1) {
    for (let second = low; second <= high; second += 1) yield [first, second]
  }
}

describe.skipIf(isSkipped)('character sets in Chromium', () => {
  const all = [...cases()]
  const read = all.map(({ terms, bytes }) => textDecoding(terms).decode(Uint8Array.from(bytes), '\\'))
  let browser: Browser | undefined
  let page: Page

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: "export * from '@ahi-dicom/dicom-standard/character-sets'", resolveDir: root },
      bundle: true,
      format: 'iife',
      globalName: 'sets',
      write: false,
      logLevel: 'error',
    })
    browser = await chromium.launch({ executablePath })
    page = await browser.newPage()
    for (const { text } of outputFiles) await page.addScriptTag({ content: text })
  })

  afterAll(() => browser?.close())

  /** Calls code of the page with a value. Both are text: this repository has the types of Node.js only. */
  async function inPage(code: string, value: unknown): Promise<readonly unknown[]> {
    const found = await page.evaluate(`JSON.stringify(${JSON.stringify(value)}.map(${code}))`)
    return JSON.parse(String(found))
  }

  test('reads each assigned character as Node.js does', async () => {
    const found = await inPage(
      '({ terms, bytes }) => sets.textDecoding(terms).decode(Uint8Array.from(bytes), "\\\\")',
      all,
    )
    const assigned = all.map((_, index) => index).filter((index) => read[index]?.includes('\ufffd') === false)
    expect(assigned.length).toBeGreaterThan(60_000)
    const others = assigned.filter((index) => found[index] !== read[index])
    expect(others.map((index) => [all[index], read[index], found[index]])).toEqual([])
    // Unassigned bytes become U+FFFD, or the characters that Windows assigns to bytes that JIS X 0201 and GB 2312 leave free.
    const extended = all.filter(
      (_, index) => read[index]?.includes('\ufffd') && !String(found[index]).includes('\ufffd'),
    )
    expect(new Set(extended.map(({ terms }) => terms.join('\\')))).toEqual(new Set(['ISO_IR 13', '\\ISO 2022 IR 58']))
  })

  test('writes each character as Node.js does', async () => {
    const texts = all.flatMap(({ terms }, index) => ({ terms, text: read[index] ?? '' }))
    const astral = ['𠀀', '😀', '\u{10ffff}', 'ḿ', '€', '\ue000'].flatMap((text) =>
      ['GBK', 'GB18030'].map((term) => ({ terms: [term], text })),
    )
    const every = [...texts, ...astral]
    const expected = every.map(({ terms, text }) => {
      const form = { isPersonName: false, isSingleValued: true }
      return characterSetChoices(terms).map(({ encode }) => Array.from(encode(text, form) ?? [-1]).join(' '))
    })
    const code = `({ terms, text }) => sets.characterSetChoices(terms).map(({ encode }) =>
      Array.from(encode(text, { isPersonName: false, isSingleValued: true }) ?? [-1]).join(' '))`
    const found = await inPage(code, every)
    const others = every.map((_, index) => index).filter((index) => String(found[index]) !== String(expected[index]))
    expect(others.map((index) => [every[index], expected[index], found[index]])).toEqual([])
  })
})
