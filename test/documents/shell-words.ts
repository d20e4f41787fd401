/** A simple command of a shell script: its words, without redirections. */
export interface ShellCommand {
  readonly words: readonly string[]
  /** Line of the script where the command begins, from 0. */
  readonly line: number
}

/** Blanks, comments, redirections with their target, operators, words. */
const tokens =
  /(?<blank>[ \t]+|\\\n)|(?<comment>(?<=^|\s)#[^\n]*)|(?<redirection>\d*(?:>>|>|<(?!\())(?:&\d|[ \t]*[^\s;|&]+))|(?<operator>\n|&&|\|\||;;|[;|&]|<?\$?\(|\))|(?<word>(?:'[^']*'|"[^"]*"|\\.|[^\s;|&()<>'"\\])+)/gy

/** Words before the name of a program. */
const prefix = /^(?:[A-Za-z_]\w*=.*|if|then|else|do|while|!|time|exec|sudo|RUN=)$/

/**
 * Splits a shell script into simple commands, including commands in `$(…)` and `<(…)`. It supports the syntax of the
 * examples: quotes, comments, pipes, lists and redirections.
 *
 * @throws {Error} for syntax that it does not know
 */
export function splitShell(script: string): ShellCommand[] {
  const commands: ShellCommand[] = []
  let words: string[] = []
  let start = 0
  function end(): void {
    const first = words.findIndex((word) => !prefix.test(word))
    if (first >= 0) commands.push({ words: words.slice(first), line: lineAt(script, start) })
    words = []
  }
  let position = 0
  for (const { 0: text, index, groups = {} } of script.matchAll(tokens)) {
    if (index !== position) break
    position = index + text.length
    if (groups['operator'] !== undefined) end()
    if (groups['word'] === undefined) continue
    if (words.length === 0) start = index
    words.push(text.replaceAll(/'([^']*)'|"([^"]*)"|\\(.)/g, '$1$2$3'))
  }
  if (position !== script.length) throw new Error(`Unknown shell syntax: ${script.slice(position, position + 40)}`)
  end()
  return commands
}

function lineAt(script: string, position: number): number {
  return script.slice(0, position).split('\n').length - 1
}
