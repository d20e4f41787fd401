import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { MetadataOptions } from '../commands/metadata.ts'
import { documentOption } from '../options/document-options.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { parseImageSetId } from '../options/identifiers.ts'
import { addCommand } from './add-command.ts'
import { addVersionOption } from './selection-options.ts'

const examples = `Examples:
  ahi-dicom metadata 5f1d3a0c7b9e4f2a8c6d0e1b3a5c7d9f > metadata.json
  ahi-dicom metadata 5f1d3a0c7b9e4f2a8c6d0e1b3a5c7d9f --version 1`

/** Adds the command `metadata`. */
export function addMetadata(program: Command, run: CommandRunner): void {
  const command = addCommand(program, 'metadata', 'Print the metadata document of an image set as JSON.', examples)
  command.argument('<image-set>', 'id of the image set', parseImageSetId)
  addVersionOption(command, 'version of the image set (default: the latest)')
  command.addOption(documentOption()).action(async (imageSetId: string, options: MetadataOptions, command: Command) => {
    await run('metadata', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { printMetadata } = await import('../commands/metadata.ts')
      return await printMetadata(imageSetId, options, context)
    })
  })
}
