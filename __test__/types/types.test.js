'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, it } = require('node:test');
const ts = require('typescript');
const { compile, ownProject, root } = require('./compiler');

describe('the implementation', () => {
  const { files, options } = ownProject();
  const declarations = path.join(root, 'index.d.ts');

  it('has the declared types', () => {
    assert.ok(files.some((file) => file.endsWith('conformance.ts')));
    assert.deepEqual(compile(files, options).complaints, []);
  });

  /** What is declared and not so, and what the compiler must then speak of. */
  const planted = {
    'a method that is not there': ['  count(): number;', '  count(): number;\n  clear(): void;', /clear/],
    'a result of another type': ['  count(): number;', '  count(): string;', /count/],
    'a value that is not exported': [
      'export class NoRetry',
      'export const extra: 1;\nexport class NoRetry',
      /extra/,
    ],
    'a protected method that is not so': [
      '    expiry: number,\n    callback: {',
      '    expiry: string,\n    callback: {',
      /sign/,
    ],
    'another argument': ['devicePath(deviceId: string)', 'devicePath(deviceId: number)', /devicePath/],
    'a class that is not there': [
      '  class FormatError',
      '  class Other extends Failure {}\n  class FormatError',
      /Other/,
    ],
  };
  for (const [name, [text, replacement, complaint]] of Object.entries(planted)) {
    it(`would be caught if ${name} were declared`, () => {
      const declared = fs.readFileSync(declarations, 'utf8');
      assert.ok(declared.includes(text), text);
      const conformance = [path.join(__dirname, 'conformance.ts')];
      const { complaints } = compile(conformance, options, {
        [declarations]: declared.replace(text, replacement),
      });
      assert.match(complaints.join('\n'), complaint);
    });
  }
});

describe('the declarations', () => {
  const entries = {
    'index.d.ts': 'edge-downstream',
    'lib/compat/azure_iot_device.d.ts': 'edge-downstream/azure-iot-device',
    'lib/compat/azure_iot_device_mqtt.d.ts': 'edge-downstream/azure-iot-device-mqtt',
    'lib/compat/azure_iot_common.d.ts': 'edge-downstream/azure-iot-common',
    'gateway/index.d.ts': 'edge-downstream-gateway',
  };
  for (const [file, name] of Object.entries(entries)) {
    it(`of ${name} export the values that are there`, () => {
      const exported = require(name);
      const there = Object.keys(exported).filter((key) => exported[key] !== undefined);
      assert.deepEqual(declaredValues(path.join(root, file)), there.sort());
    });
  }
});

/**
 * @param {string} file A declaration file.
 * @returns {string[]} The values it exports.
 */
function declaredValues(file) {
  const { program } = compile([file], { types: [] });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
  const isValue = (/** @type {any} */ symbol) => {
    const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (meant.flags & ts.SymbolFlags.Value) !== 0;
  };
  return exported
    .filter(isValue)
    .map((/** @type {any} */ symbol) => symbol.name)
    .sort();
}

describe('a TypeScript app', () => {
  const RESOLUTIONS = {
    node10: { module: 'commonjs', moduleResolution: 'node10', extension: 'ts' },
    'node16 as CommonJS': { module: 'node16', moduleResolution: 'node16', extension: 'cts' },
    'node16 as ESM': { module: 'node16', moduleResolution: 'node16', extension: 'mts' },
    bundler: { module: 'esnext', moduleResolution: 'bundler', extension: 'ts' },
  };

  const ORIGINALS = [
    'azure-iot-common',
    'azure-iot-device',
    'azure-iot-device-amqp',
    'azure-iot-device-http',
    'azure-iot-device-mqtt',
  ];

  /** @type {string} */
  let app;
  before(() => {
    app = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'edge-downstream-types-'));
    fs.mkdirSync(path.join(app, 'node_modules'));
    fs.symlinkSync(root, path.join(app, 'node_modules', 'edge-downstream'));
    fs.symlinkSync(path.join(root, 'gateway'), path.join(app, 'node_modules', 'edge-downstream-gateway'));
    for (const name of [...ORIGINALS, '@types']) {
      fs.symlinkSync(path.join(root, 'node_modules', name), path.join(app, 'node_modules', name));
    }
  });
  after(() => fs.rmSync(app, { recursive: true }));

  /**
   * @param {string} name Of a resolution.
   * @param {string[]} sources
   * @param {{ change?: (source: string) => string, [option: string]: unknown }} [how] And options of the compiler.
   */
  function complaintsOf(name, sources, { change = (source) => source, ...how } = {}) {
    const { extension, ...resolution } = RESOLUTIONS[name];
    const files = sources.map((source) => {
      const file = path.join(app, `${source}.${extension}`);
      fs.writeFileSync(file, change(fs.readFileSync(path.join(__dirname, 'app', `${source}.ts`), 'utf8')));
      return file;
    });
    const typeRoots = [path.join(app, 'node_modules', '@types')];
    const options = {
      target: 'es2022',
      lib: ['es2022'],
      types: ['node'],
      strict: true,
      typeRoots,
      skipLibCheck: false,
      ...how,
    };
    return compile(files, { ...options, ...resolution }).complaints;
  }

  for (const name of Object.keys(RESOLUTIONS)) {
    it(`compiles with ${name}, and its mistakes do not`, () => {
      assert.deepEqual(complaintsOf(name, ['unmodified', 'own', 'uploads', 'gateway']), []);
    });
  }

  it('may give undefined where nothing is meant, however exact its options are', () => {
    assert.deepEqual(complaintsOf('bundler', ['own', 'uploads'], { exactOptionalPropertyTypes: true }), []);
  });

  // The declarations of the originals need types nobody has installed.
  it('may use transports and providers of the originals', () => {
    assert.deepEqual(complaintsOf('node10', ['mixed'], { skipLibCheck: true }), []);
  });

  it('for the original is what is called unmodified here', () => {
    const change = (/** @type {string} */ source) =>
      source.replaceAll('edge-downstream/azure-iot', 'azure-iot');
    assert.deepEqual(complaintsOf('node10', ['unmodified'], { skipLibCheck: true, change }), []);
  });
});
