; Written by scripts/generate_highlights.py from dsl_grammar/feature.lark. Change those.
(identifier) @variable
(comment) @comment
[(string) (bytes)] @string
(docstring) @string.documentation
(timestamp) @string.special
[(integer) (duration)] @number
(float) @number.float
[(true_literal) (false_literal) (null_literal)] @constant.builtin
["input" "resource" "let" "feature" "use" "as"] @keyword
["if" "then" "else"] @keyword.conditional
["and" "or" "not" "in"] @keyword.operator
["!=" "**" "->" "//" "<=" "==" ">=" "??" "%" "*" "+" "-" "/" "<" "=" ">" "?"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter
(field_access (identifier) @variable.member)
(struct_field (identifier) @variable.member)
(member (identifier) @variable.member)
(call . (identifier) @function.call)
(method_call (identifier) @function.method.call)
(named . (identifier) @variable.parameter)
(parameter . (identifier) @variable.parameter)
(lambda_expression . (identifier) @variable.parameter)
(let (identifier) @constant)
(let (identifier) @function (parameters))
(resource (identifier) @constant)
(constructor (identifier) @function.builtin)
(feature (identifier) @type.definition)
((kind . (identifier) @type.builtin) (#any-of? @type.builtin "dense" "label" "text" "id" "ids" "weighted"))
((named_type (identifier) @type.builtin) (#any-of? @type.builtin "bool" "int" "float" "string" "bytes" "timestamp" "duration" "list" "map" "vector"))
((generic_type . (identifier) @type.builtin) (#any-of? @type.builtin "bool" "int" "float" "string" "bytes" "timestamp" "duration" "list" "map" "vector"))
(input (identifier) @type.qualifier)
(annotation "@" @attribute (identifier) @attribute)
