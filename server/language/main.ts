import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { serve } from './connection';

// `--stdio`, `--node-ipc`, `--socket=…` and `--pipe=…` on the command line say how the client is reached.
serve(createConnection(ProposedFeatures.all));
