import { constantFrom, integer, nat, tuple, type Arbitrary } from 'fast-check'
import { recordNames } from '@ahi-dicom/export-files'

/** The files of an export by path, including the record. */
export type Files = Map<string, Buffer>

/** An edit of the files of an export from outside. */
export interface Edit {
  readonly name: string
  readonly apply: (files: Files) => void
}

/** Names of the files of the record. */
export const namesOfRecord: readonly string[] = Object.values(recordNames)

/** Generates edits. They change bytes, names and folders of files, and lines and members in the record. */
export function edit(): Arbitrary<Edit> {
  const numbers = tuple(nat(1e6), nat(1e6), integer({ min: 1, max: 255 }))
  return tuple(constantFrom(...Object.keys(edits)), numbers).map(([name, [a, b, c]]) => ({
    name: `${name} ${a} ${b} ${c}`,
    apply: (files) => edits[name]?.(files, { a, b, c }),
  }))
}

interface Choice {
  readonly a: number
  readonly b: number
  readonly c: number
}

const edits: Readonly<Record<string, (files: Files, choice: Choice) => void>> = {
  'flip a byte': (files, { a, b, c }) =>
    change(files, pathAt(files, a), (bytes) => {
      const position = b % Math.max(1, bytes.length)
      if (bytes.length > 0) bytes[position] = (bytes[position] ?? 0) ^ c
      return bytes
    }),
  'cut a file': (files, { a, b }) =>
    change(files, pathAt(files, a), (bytes) => bytes.subarray(0, b % Math.max(1, bytes.length))),
  'lengthen a file': (files, { a, c }) =>
    change(files, pathAt(files, a), (bytes) => Buffer.concat([bytes, Buffer.of(c)])),
  'empty a file': (files, { a }) => change(files, pathAt(files, a), () => Buffer.alloc(0)),
  'remove a file': (files, { a }) => void files.delete(pathAt(files, a)),
  'rename a file': (files, { a, b }) => rename(files, dataAt(files, a), `${dataAt(files, a)}${b % 10}`),
  'move a file over another': (files, { a, b }) => rename(files, dataAt(files, a), dataAt(files, b)),
  'swap two files': (files, { a, b }) => {
    const [one, other] = [dataAt(files, a), dataAt(files, b)]
    const [first, second] = [files.get(one), files.get(other)]
    if (first === undefined || second === undefined) return
    files.set(one, second).set(other, first)
  },
  'add a file': (files, { a }) => void files.set(`added-${a}.dcm`, Buffer.from('added')),
  'remove a line': (files, { a, b }) => changeLines(files, a, (lines) => lines.toSpliced(b % lines.length, 1)),
  'remove a line and its file': (files, { b }) =>
    changeLines(files, 0, (lines) => {
      const at = b % lines.length
      const path = /"path":"([^"]*)"/.exec(lines[at] ?? '')?.[1]
      if (path !== undefined) files.delete(path)
      return lines.toSpliced(at, 1)
    }),
  'repeat a line': (files, { a, b, c }) =>
    changeLines(files, a, (lines) => lines.toSpliced(c % (lines.length + 1), 0, lines[b % lines.length] ?? '')),
  'move a line': (files, { a, b, c }) =>
    changeLines(files, a, (lines) => {
      const [line = ''] = lines.slice(b % lines.length)
      return lines.toSpliced(b % lines.length, 1).toSpliced(c % lines.length, 0, line)
    }),
  'change a member of a line': (files, { a, b, c }) =>
    changeLines(files, a, (lines) => lines.with(b % lines.length, changed(lines[b % lines.length] ?? '', c))),
  'change a member of the summary': (files, { b, c }) =>
    change(files, recordNames.summary, (bytes) => Buffer.from(changed(changed(String(bytes), b), c))),
  'change the note of what is flushed': (files, { a }) =>
    change(files, recordNames.flushed, () => Buffer.from(JSON.stringify({ manifestBytes: a % 5000 }))),
}

/** Files of the record that consist of lines. */
const logs = [recordNames.manifest, recordNames.manifest, recordNames.errors, recordNames.warnings] as const

function pathAt(files: Files, index: number): string {
  return [...files.keys()][index % files.size] ?? ''
}

function dataAt(files: Files, index: number): string {
  const paths = [...files.keys()].filter((path) => !namesOfRecord.includes(path))
  return paths[index % Math.max(1, paths.length)] ?? ''
}

function change(files: Files, path: string, alter: (bytes: Buffer) => Buffer): void {
  const bytes = files.get(path)
  if (bytes !== undefined) files.set(path, Buffer.from(alter(Buffer.from(bytes))))
}

function rename(files: Files, from: string, to: string): void {
  const bytes = files.get(from)
  if (bytes === undefined || from === to) return
  files.delete(from)
  files.set(to, bytes)
}

function changeLines(files: Files, index: number, alter: (lines: readonly string[]) => readonly string[]): void {
  const name = logs[index % logs.length] ?? recordNames.manifest
  change(files, name, (bytes) => {
    const lines = String(bytes).split('\n').slice(0, -1)
    if (lines.length === 0) return bytes
    return Buffer.from(
      alter(lines)
        .map((line) => `${line}\n`)
        .join(''),
    )
  })
}

/** Returns JSON with a changed or removed member. */
function changed(text: string, choice: number): string {
  try {
    const value: Record<string, unknown> = { ...JSON.parse(text) }
    const names = Object.keys(value)
    const name = names[choice % Math.max(1, names.length)]
    if (name === undefined) return text
    const others = ['complete', 'verified', 'none', 0, 7, true, undefined, null, value[names[0] ?? '']]
    value[name] = others[choice % others.length]
    return JSON.stringify(value)
  } catch {
    return text
  }
}
