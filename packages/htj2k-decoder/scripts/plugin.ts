import type { Options } from 'tsup'

/** A plugin of esbuild, which tsup runs. */
export type Plugin = NonNullable<Options['esbuildPlugins']>[number]
