import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { serve } from '../language/connection';
import { UsageError } from './command';
import type { Command } from './command';

/** `gatehouse language-server --stdio`: the language server for any editor that speaks LSP. */
export const command: Command = {
  usage: [
    'Usage: gatehouse language-server --stdio',
    '',
    'Speaks the Language Server Protocol on standard input and output, for editors to start.',
  ].join('\n'),
  speaksProtocol: true,
  async run(args, { stdin, stdout }) {
    if (args.length !== 1 || args[0] !== '--stdio') {
      throw new UsageError('The only way to be reached is --stdio.');
    }
    const ended = new Promise<void>((resolve) => stdin.once('end', resolve).once('close', resolve));
    serve(createConnection(ProposedFeatures.all, stdin, stdout));
    await ended;
    return 0;
  },
};
