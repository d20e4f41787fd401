import { createAhiClient } from '@ahi-dicom/ahi-client'
import { printableJson } from '@ahi-dicom/ahi-metadata/printable'
import type { CommandContext } from '../command-context.ts'
import { type DocumentOptions, documentSettings } from '../options/document-options.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { indentJson } from '../indent-json.ts'

/** Options of `metadata`. */
export interface MetadataOptions extends DocumentOptions {
  readonly versionId?: string
}

/**
 * Prints the metadata document of an image set, unchanged, after checking that it is one. On a terminal, control characters
 * are escaped and the document is indented, unless `--json` is given.
 */
export async function printMetadata(
  imageSetId: string,
  options: MetadataOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, signal } = context
  const datastoreId = context.datastoreId()
  await using client = createAhiClient({ ...context.connection(), ...documentSettings(options) })
  const document = await client.getImageSetMetadataDocument({
    datastoreId,
    imageSetId,
    versionId: options.versionId,
    signal,
  })
  if (terminal.outputColumns === undefined) await terminal.print(document)
  else await terminal.print(shownText(new TextDecoder().decode(document), global.json === true))
  await terminal.print('\n')
  return exitCodes.ok
}

function shownText(json: string, isOneLine: boolean): string {
  return printableJson(isOneLine ? json : indentJson(json))
}
