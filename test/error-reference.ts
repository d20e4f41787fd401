import { readFileSync } from 'node:fs'
import { declaredCodes } from './declared-codes.ts'
import { packages } from './manifests.ts'

/** A table of a README. */
interface MarkdownTable {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Name of the class that the text above the table names last, or an empty string. */
  readonly classAbove: string
}

/** A code as the README of its package explains it. */
interface ExplainedCode {
  readonly code: string
  /** Name of the class that has the code. Empty for notices, which are no errors. */
  readonly className: string
  readonly meaning: string
}

const head = `# Error codes

This page is generated: the codes come from the sources of the packages, and their meanings from the tables of their READMEs.
Every error of the packages has a \`code\` to branch on. \`errors.ndjson\` and \`warnings.ndjson\` have the same codes. The
[exit codes](command.md#exit-codes) of the command summarise them.

Codes without a class are notices: the instance is written, and \`warnings.ndjson\` names it.

The packages of destinations use the \`OUTPUT_…\` codes of \`export-files\`. Their READMEs say what each code means there:
[folder](../../packages/exporter-fs/README.md#errors), [bucket](../../packages/exporter-s3/README.md#errors),
[archive](../../packages/exporter-archive/README.md#errors),
[DICOMweb server](../../packages/exporter-dicomweb/README.md#errors), [PACS](../../packages/exporter-dimse/README.md#errors).
`

/** Returns the Markdown page about the error and notice codes of all packages. */
export function errorReference(): string {
  const sections = packages
    .filter(({ folder }) => folder !== 'cli')
    .flatMap(({ folder }) => {
      const codes = explainedCodes(folder)
      return codes.length === 0 ? [] : [section(folder, codes)]
    })
  return [head, ...sections].join('\n')
}

/** Returns the codes of a package. Throws if its README explains one of them in no table. */
function explainedCodes(folder: string): ExplainedCode[] {
  const tables = tablesOf(readFileSync(new URL(`../packages/${folder}/README.md`, import.meta.url), 'utf8'))
  return declaredCodes(folder).map((code) => {
    const explained = tables.flatMap((table) => explanationsOf(code, table)).at(0)
    if (explained === undefined) throw new Error(`Expected a table in packages/${folder}/README.md to explain ${code}`)
    return explained
  })
}

function explanationsOf(code: string, { header, rows, classAbove }: MarkdownTable): ExplainedCode[] {
  const codeColumn = header.findIndex((name) => /\bcodes?\b/.test(name))
  const classColumn = header.indexOf('class')
  const column = header.findIndex((_, index) => index !== codeColumn && index !== classColumn)
  if (codeColumn === -1 || column === -1) return []
  const name = header[column] ?? ''
  return rows
    .map((row, index) => ({ row, className: lastFilled(rows.slice(0, index + 1), classColumn) || classAbove }))
    .filter(({ row }) => row[codeColumn]?.includes(`\`${code}\``))
    .map(({ row, className }) => ({ code, className, meaning: `${intro(name)}${row[column] ?? ''}` }))
}

/** Returns the cell of the last row that has one: tables leave out a class that the row above names. */
function lastFilled(rows: readonly (readonly string[])[], column: number): string {
  return rows.findLast((row) => (row[column] ?? '') !== '')?.[column] ?? ''
}

/** Returns the words that a cell needs to be read without its header. */
function intro(header: string): string {
  if (['', 'when', 'why', 'means', 'meaning', 'reason', 'what to do'].includes(header)) return ''
  return header.startsWith('the ') ? `${header} ` : `${header}: `
}

function tablesOf(markdown: string): MarkdownTable[] {
  return markdown.split(/^(?=##)/m).flatMap((section) => {
    const blocks = section.split(/\n\n+/)
    return blocks.flatMap((block, index) => {
      if (!block.startsWith('|')) return []
      const [header = [], , ...rows] = block.split('\n').filter(Boolean).map(cellsOf)
      const above = blocks
        .slice(0, index)
        .join('\n')
        .matchAll(/`(\w+Error)`/g)
      const classAbove = [...above].at(-1)?.[1]
      return [{ header: header.map((name) => name.replaceAll('`', '')), rows, classAbove: code(classAbove) }]
    })
  })
}

function code(name: string | undefined): string {
  return name === undefined ? '' : `\`${name}\``
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
}

function section(folder: string, codes: readonly ExplainedCode[]): string {
  const rows = codes.map(
    ({ code, className, meaning }) => `| \`${code}\` | ${className} | ${withoutAnchors(meaning)} |\n`,
  )
  const title = `## [\`${folder}\`](../../packages/${folder}/README.md)`
  return `${title}\n\n| code | class | meaning, or what to do |\n| --- | --- | --- |\n${rows.join('')}`
}

/** Links within a README lead nowhere from another page. */
function withoutAnchors(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
}
