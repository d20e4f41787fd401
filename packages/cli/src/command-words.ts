/** Options of the libraries that their messages name, and the options of the command that set them. */
const optionsOfCommand: Readonly<Record<string, string>> = {
  "mode 'resume'": '--resume',
  "mode 'overwrite'": '--overwrite',
}

/** Returns the message of a library with the options of the command in place of its own. */
export function inCommandWords(message: string): string {
  return message.replace(/mode '\w+'/g, (option) => optionsOfCommand[option] ?? option)
}
