import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { linesOnTerminal } from './pictures/terminal-screen.ts'
import { terminalSvg } from './pictures/terminal-svg.ts'

const images = new URL('../docs/images/', import.meta.url)

test('a terminal shows the lines as they are drawn, redrawn and erased', () => {
  const lines = linesOnTerminal([
    { at: 0, text: '\u{1B}[36m$\u{1B}[0m run\r\n' },
    { at: 100, text: '\r10 %\u{1B}[K' },
    { at: 200, text: '\r9\u{1B}[K' },
    { at: 300, text: '\r\u{1B}[Kdone\r\n' },
  ])
  const styled = { text: '$', style: 'prompt' }
  expect(lines).toEqual([
    { row: 1, pieces: [{ text: '10 %', style: undefined }], from: 100, until: 200 },
    { row: 1, pieces: [{ text: '9', style: undefined }], from: 200, until: 300 },
    { row: 0, pieces: [styled, { text: ' run', style: undefined }], from: 0, until: undefined },
    { row: 1, pieces: [{ text: 'done', style: undefined }], from: 300, until: undefined },
  ])
})

test('a picture of a terminal escapes its text and hides what is gone', () => {
  const line = { row: 0, pieces: [{ text: '<a&b>', style: 'red' }], until: undefined }
  const svg = terminalSvg(
    [
      { ...line, from: 0, until: 50 },
      { ...line, from: 50 },
    ],
    { title: 'x', columns: 10 },
  )
  expect(svg).toContain('<tspan class="red">&lt;a&amp;b&gt;</tspan>')
  expect(svg.match(/visibility="hidden"/g)).toHaveLength(1)
})

test('the pictures of docs/images are small, and used by a page', () => {
  const pages = ['README.md', 'docs/getting-started.md'].map((path) =>
    readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'),
  )
  const large = readdirSync(images).filter((name) => readFileSync(new URL(name, images)).byteLength >= 150_000)
  expect(large).toEqual([])
  const unused = readdirSync(images).filter((name) => !pages.some((page) => page.includes(`images/${name}`)))
  expect(unused).toEqual([])
})
