import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readErrors } from '../../faults/exported/errors.ts'
import { differences, readExport, type ExportContent } from '../../faults/exported/read-export.ts'
import { equals, holds, type Figure } from '../../faults/figures/figure.ts'
import type { Stage } from '../../faults/scenarios/scenario.ts'

/** An export with its record. */
export interface WrittenExport {
  readonly content: ExportContent
  /** SOP Instance UIDs of the lines of the manifest about files, one for each line. */
  readonly recorded: readonly string[]
  /** Entries of errors.ndjson as sorted texts, one for each line. */
  readonly errors: readonly string[]
}

/** Reads an export. */
export async function readWritten(folder: string): Promise<WrittenExport> {
  const lines = (await readFile(join(folder, 'manifest.ndjson'), 'utf8')).split('\n').filter((line) => line !== '')
  const recorded = lines.flatMap((line) => {
    const { path, sopInstanceUid }: { path?: string; sopInstanceUid?: string } = JSON.parse(line)
    return path === undefined || sopInstanceUid === undefined ? [] : [sopInstanceUid]
  })
  const errors = (await readErrors(folder)).map(({ code, sopInstanceUid = '' }) => `${code} ${sopInstanceUid}`)
  return { content: await readExport(folder), recorded, errors: errors.toSorted() }
}

/** Returns figures that compare the export of a fleet with the export of a single run. */
export function comparedFigures(
  fleet: WrittenExport,
  single: WrittenExport,
  stage: Pick<Stage, 'note'>,
): readonly Figure[] {
  const different = differences(fleet.content, single.content)
  for (const line of different.slice(0, 5)) stage.note(`differs: ${line}`)
  return [
    equals('files', fleet.content.files.size, single.content.files.size),
    equals('files and entries that differ from a single export', different.length, 0),
    equals('lines of the record', fleet.recorded.length, new Set(fleet.recorded).size),
    equals('instances of the record', new Set(fleet.recorded).size, new Set(single.recorded).size),
    holds(
      'the same errors as a single export',
      isDeepStrictEqual(fleet.errors, single.errors),
      fleet.errors.join(', '),
    ),
  ]
}
