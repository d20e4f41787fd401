import { createAhiClient } from '@ahi-dicom/ahi-client'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { CommandContext } from '../command-context.ts'
import { MetadataRefusedError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { indentJson } from '../indent-json.ts'

/** Options of `metadata`. */
export interface MetadataOptions {
  readonly versionId?: string
}

/**
 * Prints the metadata document of an image set, byte for byte as AHI has it, once it is known to be one. On a terminal
 * it is indented, unless `--json` asks for it in one line.
 */
export async function printMetadata(
  imageSetId: string,
  { versionId }: MetadataOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, signal } = context
  const datastoreId = context.datastoreId()
  await using client = createAhiClient(context.connection())
  const document = await client.getImageSetMetadataDocument({ datastoreId, imageSetId, versionId, signal })
  checkDocument(document, imageSetId)
  if (terminal.outputColumns !== undefined && global.json !== true) {
    await terminal.print(`${indentJson(new TextDecoder().decode(document))}\n`)
  } else {
    await terminal.print(document)
    await terminal.print('\n')
  }
  return exitCodes.ok
}

function checkDocument(document: Uint8Array, imageSetId: string): void {
  try {
    parseImageSetMetadata(document)
  } catch (cause) {
    throw new MetadataRefusedError(imageSetId, cause)
  }
}
