import { runCommand } from './command.ts'

/** Returns whether the built command has a command of this name. */
export async function knowsCommand(name: string): Promise<boolean> {
  const { stdout } = await runCommand(['--help'])
  return new RegExp(String.raw`^\s+${name}\b`, 'm').test(stdout)
}
