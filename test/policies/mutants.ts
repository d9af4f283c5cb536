// Policies with one fault each, to see whether their test suites notice.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument, YAMLMap, YAMLSeq } from 'yaml';

/** A policy file in which one thing about one rule is wrong. */
interface Mutant {
  /** The change, such as `mcp_tool.yaml: reading-is-free removed`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

type Fault = 'removed' | 'turned round' | 'without its condition' | 'without its output';
const faults: readonly Fault[] = ['removed', 'turned round', 'without its condition', 'without its output'];

/** The policy files of a directory: neither suites nor fixtures. */
function policyFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((file) => /(?<!_test)\.yaml$/.test(file));
}

/** Every rule of every policy in a directory, with every fault that it can have. */
export function mutants(directory: string): readonly Mutant[] {
  return policyFiles(directory).flatMap((file) => {
    const source = readFileSync(path.join(directory, file), 'utf8');
    return rulesOf(source).flatMap((_, index) =>
      faults.flatMap((fault) => {
        const mutated = mutate(source, index, fault);
        return mutated === undefined
          ? []
          : [{ name: `${file}: ${mutated.rule} ${fault}`, file, text: mutated.text }];
      }),
    );
  });
}

function rulesOf(source: string): readonly unknown[] {
  const rules = parseDocument(source).getIn(['resourcePolicy', 'rules']);
  if (!(rules instanceof YAMLSeq)) {
    throw new Error('The policy has no rules.');
  }
  return rules.items;
}

function mutate(source: string, index: number, fault: Fault): { rule: string; text: string } | undefined {
  const document = parseDocument(source);
  const rule = document.getIn(['resourcePolicy', 'rules', index]);
  if (!(rule instanceof YAMLMap)) {
    throw new Error(`Rule ${index} is no map.`);
  }
  const name = String(rule.get('name'));
  switch (fault) {
    case 'removed':
      document.deleteIn(['resourcePolicy', 'rules', index]);
      break;
    case 'turned round':
      rule.set('effect', rule.get('effect') === 'EFFECT_ALLOW' ? 'EFFECT_DENY' : 'EFFECT_ALLOW');
      break;
    case 'without its condition':
      if (!rule.delete('condition')) {
        return undefined;
      }
      break;
    case 'without its output':
      if (!rule.delete('output')) {
        return undefined;
      }
      break;
  }
  return { rule: name, text: document.toString({ lineWidth: 0 }) };
}
