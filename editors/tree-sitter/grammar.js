// Written by scripts/generate_highlights.py from dsl_grammar/feature.lark. Change those.

module.exports = grammar({
  name: "fx",

  extras: ($) => [/\s/, $.comment],

  word: ($) => $.identifier,

  rules: {
    source_file: ($) => repeat($.statement),

    statement: ($) => choice($.input, $.resource, $.let, $.feature, $.use, $.description, $.annotation),

    input: ($) => seq("input", $.identifier, "{", repeat(seq($.field, optional(","))), "}"),

    field: ($) => seq(optional($.string), $.identifier, repeat(seq(",", $.identifier)), ":", $._type),

    resource: ($) => seq("resource", $.identifier, "=", $.constructor, optional($.type_arguments), "(", optional($.arguments), ")"),

    constructor: ($) => seq($.identifier, optional(seq(".", $.identifier))),

    let: ($) => seq("let", $.identifier, optional($.parameters), "=", $._expression),

    parameters: ($) => seq("(", optional(seq($.parameter, repeat(seq(",", $.parameter)), optional(","))), ")"),

    parameter: ($) => seq($.identifier, optional(seq("=", $._expression))),

    feature: ($) => seq("feature", $.identifier, ":", $.kind, "=", $._expression),

    kind: ($) => seq($.identifier, optional(seq("(", optional($.arguments), ")"))),

    use: ($) => seq("use", $.string, optional(seq("as", $.identifier))),

    annotation: ($) => seq("@", $.identifier, "(", optional($.arguments), ")"),

    description: ($) => choice($.string, $.docstring),

    named_type: ($) => seq($.identifier, optional("?")),

    generic_type: ($) => seq($.identifier, $.type_arguments, optional("?")),

    struct_type: ($) => seq("{", $.struct_field, repeat(seq(",", $.struct_field)), optional(","), "}", optional("?")),

    _type: ($) => choice($.named_type, $.generic_type, $.struct_type),

    type_arguments: ($) => seq("<", $._type_argument, repeat(seq(",", $._type_argument)), ">"),

    type_size: ($) => $.integer,

    _type_argument: ($) => choice($._type, $.type_size),

    struct_field: ($) => seq($.identifier, ":", $._type),

    lambda_expression: ($) => seq($.identifier, "->", $._expression),

    if_expression: ($) => seq("if", $._expression, "then", $._expression, "else", $._expression),

    operation: ($) => seq($._operand, repeat1(seq($._infix, $._operand))),

    _expression: ($) => choice($.lambda_expression, $.if_expression, $._operand, $.operation),

    prefixed: ($) => seq(choice("not", "-"), $._operand),

    _operand: ($) => choice($._postfix, $.prefixed),

    _infix: ($) => choice("??", "or", "and", seq("not", "in"), "in", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%", "**"),

    integer_literal: ($) => $.integer,

    float_literal: ($) => $.float,

    string_literal: ($) => $.string,

    bytes_literal: ($) => $.bytes,

    duration_literal: ($) => $.duration,

    timestamp_literal: ($) => $.timestamp,

    true_literal: ($) => "true",

    false_literal: ($) => "false",

    null_literal: ($) => "null",

    name_expression: ($) => $.identifier,

    call: ($) => seq($.identifier, "(", optional($.arguments), ")"),

    parenthesised: ($) => seq("(", $._expression, ")"),

    list_literal: ($) => seq("[", optional($.items), "]"),

    struct_literal: ($) => seq("{", $.member, repeat(seq(",", $.member)), optional(","), "}"),

    field_access: ($) => seq($._postfix, ".", $.identifier),

    method_call: ($) => seq($._postfix, ".", $.identifier, "(", optional($.arguments), ")"),

    index: ($) => seq($._postfix, "[", $._expression, "]"),

    _postfix: ($) => choice($.integer_literal, $.float_literal, $.string_literal, $.bytes_literal, $.duration_literal, $.timestamp_literal, $.true_literal, $.false_literal, $.null_literal, $.name_expression, $.call, $.parenthesised, $.list_literal, $.struct_literal, $.field_access, $.method_call, $.index),

    items: ($) => seq($._expression, repeat(seq(",", $._expression)), optional(",")),

    member: ($) => seq($.identifier, ":", $._expression),

    arguments: ($) => seq($._argument, repeat(seq(",", $._argument)), optional(",")),

    positional: ($) => $._expression,

    named: ($) => seq($.identifier, "=", $._expression),

    _argument: ($) => choice($.positional, $.named),

    identifier: ($) => /[A-Za-z_][A-Za-z0-9_]*/,

    integer: ($) => /(?:0[xX][0-9A-Fa-f_]+|[0-9][0-9_]*)/,

    float: ($) => /[0-9][0-9_]*(?:\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)/,

    duration: ($) => /(?:[0-9][0-9_]*(?:us|ms|w|d|h|m|s))+/,

    docstring: ($) => /"""(?:[^"\\]|\\(?:.|\n)|""?(?:[^"\\]|\\(?:.|\n)))*"""/,

    string: ($) => /"(?:[^"\\\n]|\\.)*"/,

    bytes: ($) => /b"(?:[^"\\\n]|\\.)*"/,

    timestamp: ($) => /t"(?:[^"\\\n]|\\.)*"/,

    comment: ($) => /#[^\n]*/,
  },
});
