import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { python } from './tools.ts'

/** An element, as dump_part10.py prints it. */
export interface DumpedElement {
  readonly vr: string
  readonly value: string | readonly (string | DumpedDataSet)[]
}

export interface DumpedDataSet {
  readonly [tag: string]: DumpedElement
}

export interface DumpedFile {
  readonly meta: DumpedDataSet
  readonly frames: readonly string[]
  readonly dataSet: DumpedDataSet
}

/** Reads all files with pydicom in one process. */
export function readBack(files: readonly Uint8Array[]): DumpedFile[] {
  const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
  try {
    const paths = files.map((file, index) => {
      const path = join(folder, `${index}.dcm`)
      writeFileSync(path, file)
      return path
    })
    return dumped(python('dump_part10.py', [], JSON.stringify(paths)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function dumped(value: unknown): DumpedFile[] {
  if (!Array.isArray(value)) throw new TypeError('dump_part10.py printed no array')
  return value.map((file: DumpedFile) => file)
}
