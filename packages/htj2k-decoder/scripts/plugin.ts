import type { Options } from 'tsup'

/** A plugin of esbuild, which tsup uses. */
export type Plugin = NonNullable<Options['esbuildPlugins']>[number]
