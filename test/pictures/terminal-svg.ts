import type { LineState, StyledText } from './terminal-screen.ts'

/** Options of {@link terminalSvg}. */
export interface TerminalSvgOptions {
  readonly title: string
  /** Width of the terminal in characters. */
  readonly columns: number
}

const fontSize = 13
const characterWidth = 7.83
const lineHeight = 19
const margin = 16
const barHeight = 30

const style = `text { font: ${fontSize}px 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #d8dee9; white-space: pre }
.bold { font-weight: bold } .dim { fill: #7b8494 } .red { fill: #ff7b72 } .yellow { fill: #e3b341 } .prompt { fill: #7ee787 }`

/**
 * Returns a picture of a terminal as SVG, with the lines appearing as they were recorded. Programs that do not animate SVG
 * show the last lines.
 */
export function terminalSvg(lines: readonly LineState[], { title, columns }: TerminalSvgOptions): string {
  const rows = Math.max(0, ...lines.map(({ row }) => row + 1))
  const width = Math.ceil(columns * characterWidth + 2 * margin)
  const height = barHeight + rows * lineHeight + margin
  const dots = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
    (colour, index) => `<circle cx="${margin + 4 + index * 18}" cy="16" r="5" fill="${colour}"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#1b1f27"/>`,
    ...dots,
    ...lines.map(lineText),
    '</svg>\n',
  ].join('\n')
}

function lineText({ row, pieces, from, until }: LineState): string {
  const y = barHeight + (row + 1) * lineHeight - 4
  const position = `x="${margin}" y="${y}" xml:space="preserve"`
  const spans = pieces.map(spanOf).join('')
  if (until === undefined) {
    const hidden = from === 0 ? '' : `<set attributeName="visibility" to="hidden" begin="0s" dur="${seconds(from)}"/>`
    return `<text ${position}>${hidden}${spans}</text>`
  }
  const visible = `<set attributeName="visibility" to="visible" begin="${seconds(from)}" end="${seconds(until)}"/>`
  return `<text ${position} visibility="hidden">${visible}${spans}</text>`
}

function spanOf({ text, style }: StyledText): string {
  return style === undefined ? escapeXml(text) : `<tspan class="${style}">${escapeXml(text)}</tspan>`
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)}s`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
