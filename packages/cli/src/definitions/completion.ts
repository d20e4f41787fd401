import { Argument, type Command } from 'commander'
import { completionScript, shells, type Shell } from '../completion/completion-script.ts'
import { addCommand } from './add-command.ts'

const examples = `Examples:
  source <(ahi-dicom completion bash)                                         in ~/.bashrc
  source <(ahi-dicom completion zsh)                                          in ~/.zshrc, after compinit
  ahi-dicom completion fish > ~/.config/fish/completions/ahi-dicom.fish`

/** Adds the command `completion`. */
export function addCompletion(program: Command): void {
  addCommand(program, 'completion', 'Print a shell completion script.', examples)
    .addArgument(new Argument('<shell>', 'name of the shell').choices(shells))
    .action((shell: Shell) => {
      program.configureOutput().writeOut?.(completionScript(program, shell))
    })
}
