import type { Command } from 'commander'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { completionsOf, type Completions } from './model.ts'
import { zshScript } from './zsh.ts'

/** Shells that completion scripts exist for. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** One of {@link shells}. */
export type Shell = (typeof shells)[number]

const scripts: Readonly<Record<Shell, (completions: Completions) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** Returns a script that makes a shell complete commands, options and their values. */
export function completionScript(program: Command, shell: Shell): string {
  return scripts[shell](completionsOf(program))
}
