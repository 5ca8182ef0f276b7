'use strict';

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

/** Reads out of the sources, without running them, which errors this package makes. */

const ROOT = path.join(__dirname, '../..');
const CODE = /^ERR_IOT_[A-Z0-9_]+$/;

/**
 * One place where an error is made.
 *
 * @typedef {object} Made
 * @property {string} code
 * @property {string} type Name of the class; `…` where that is a variable.
 * @property {string | undefined} message With `…` for each value, where it is written in one piece.
 * @property {string} at `lib/file.js:12`
 */

/**
 * Errors are made by `failure(Class, code, message)`, by a function of the same file that hands its parameter `code`
 * on to it, and by a row `{ code, type, message }`. A code that stands in the sources in any other way is an error of
 * this function, lest the table misses it.
 *
 * @returns {Made[]}
 */
function errorsMade() {
  return filesOf('lib').flatMap((file) => {
    return errorsIn(file, fs.readFileSync(path.join(ROOT, file), 'utf8'));
  });
}

/**
 * @param {string} file Its name.
 * @param {string} text
 * @returns {Made[]}
 */
function errorsIn(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const makers = new Map([['failure', { type: undefined, code: 1, message: 2 }]]);
  visit(source, (node) => {
    const maker = makerOf(node);
    if (maker) makers.set(maker.name, maker);
  });
  const made = [];
  const understood = new Set();
  visit(source, (node) => {
    const found = ts.isCallExpression(node) ? calledIn(node, makers) : rowIn(node);
    if (!found) return;
    understood.add(found.code);
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    made.push({
      code: found.code.text,
      type: /Error$/.test(found.type) ? found.type : '…',
      message: formOf(found.message),
      at: `${source.fileName}:${line + 1}`,
    });
  });
  visit(source, (node) => {
    const template = ts.isTemplateExpression(node) && node.head.text.includes('ERR_IOT_');
    const unknown = ts.isStringLiteralLike(node) && CODE.test(node.text) && !understood.has(node);
    if (template || unknown) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      throw new Error(`${source.fileName}:${line + 1}: nobody knows what this makes: ${node.getText()}`);
    }
  });
  return made;
}

/**
 * A function that hands a parameter on as the code: `function unusable(code, message) { … failure(Type, code, message) }`
 *
 * @param {ts.Node} node
 */
function makerOf(node) {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'failure') return undefined;
  const [type, code, message] = node.arguments;
  const maker = ts.findAncestor(node, ts.isFunctionDeclaration);
  if (!code || !ts.isIdentifier(code) || !maker?.name) return undefined;
  const indexOf = (argument) =>
    maker.parameters.findIndex(({ name }) => name.getText() === argument.getText());
  if (indexOf(code) < 0) return undefined;
  return { name: maker.name.text, type: type.getText(), code: indexOf(code), message: indexOf(message) };
}

/**
 * @param {ts.CallExpression} call
 * @param {Map<string, { type?: string, code: number, message: number }>} makers
 */
function calledIn(call, makers) {
  const maker = makers.get(call.expression.getText());
  const code = maker && call.arguments[maker.code];
  if (!code || !ts.isStringLiteral(code)) return undefined;
  return { code, type: maker.type ?? call.arguments[0].getText(), message: call.arguments[maker.message] };
}

/** @param {ts.Node} node */
function rowIn(node) {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const [code, type, message] = ['code', 'type', 'message'].map(
    (name) => node.properties.find((property) => property.name?.getText() === name)?.initializer,
  );
  if (!code || !ts.isStringLiteral(code) || !type || !message) return undefined;
  return { code, type: type.getText(), message: ts.isArrowFunction(message) ? message.body : message };
}

/**
 * @param {ts.Node | undefined} expression
 * @returns {string | undefined} Its text with `…` for each value.
 */
function formOf(expression) {
  if (expression && ts.isIdentifier(expression)) return formOf(valueOf(expression));
  if (expression && ts.isStringLiteralLike(expression)) return expression.text;
  if (!expression || !ts.isTemplateExpression(expression)) return undefined;
  const rest = expression.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  return expression.head.text + rest;
}

/**
 * @param {ts.Identifier} name
 * @returns {ts.Expression | undefined} What the constant of this name is, where it is declared in a block around it.
 */
function valueOf(name) {
  for (let block = name.parent; block; block = block.parent) {
    const statements = ts.isBlock(block) ? block.statements.filter(ts.isVariableStatement) : [];
    const declarations = statements.flatMap(({ declarationList }) => declarationList.declarations);
    const declared = declarations.find((each) => each.name.getText() === name.text);
    if (declared) return declared.initializer;
  }
  return undefined;
}

/**
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} see
 */
function visit(node, see) {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/**
 * @param {string} folder
 * @returns {string[]} Without what is generated.
 */
function filesOf(folder) {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesOf(name);
    return /\.m?js$/.test(entry.name) && name !== 'lib/native/binding.js' ? [name] : [];
  });
}

/**
 * The names that the core has for something, at the border.
 *
 * @param {string} type `Stage`, `Kind` or `CertificateFault`.
 * @returns {string[]}
 */
function namesInCore(type) {
  const text = ['mod.rs', 'kind.rs']
    .map((file) => fs.readFileSync(path.join(ROOT, 'src/failure', file), 'utf8'))
    .join('\n');
  const [, body] = new RegExp(`\nimpl ${type} \\{\n([^]*?)\n\\}\n`).exec(text) ?? [];
  return Array.from(body.matchAll(/\bSelf::\w+(?:\(_\))? => "([a-z-]+)"/g), ([, name]) => name);
}

module.exports = { ROOT, errorsIn, errorsMade, namesInCore };
