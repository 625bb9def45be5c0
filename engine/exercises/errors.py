"""What the most common error messages of Python and PyTorch mean, and what to check."""

from __future__ import annotations

import re

MEANINGS: tuple[tuple[str, str], ...] = (
    (
        r"^\w+: Caught \w+ in DataLoader worker process",
        "The error is in __getitem__ of the Dataset, which runs in another process: set "
        "num_workers=0 to see its line.",
    ),
    # Shapes
    (
        r"mat1 and mat2 shapes cannot be multiplied|size mismatch, got input|"
        r"inconsistent tensor size, expected tensor",
        "The inner sizes of a matrix product differ: print both shapes; the last size of the "
        "input must be in_features of the layer.",
    ),
    (
        r"The size of tensor a \(\d+\) must match the size of tensor b",
        "These shapes do not broadcast: counted from the right, sizes must be equal or 1. Print "
        "both shapes.",
    ),
    (
        r"doesn't match the broadcast shape",
        "An operation in place cannot make its tensor larger: the shapes of both sides differ, "
        "often (N,) and (N, 1). Print both shapes.",
    ),
    (
        r"arget size \(.*\) (must be the same as|that is different to) (the )?input size",
        "The target and the prediction have different shapes, often (N,) and (N, 1): give one of "
        "them the other's shape with reshape(-1, 1) or squeeze(1).",
    ),
    (
        r"shape '.*' is invalid for input of size",
        "The new shape has another number of elements than the tensor: print its shape; -1 stands "
        "for the size that is left over.",
    ),
    (
        r"stack expects each tensor to be equal size",
        "Tensors of different shapes cannot be stacked. In a DataLoader, __getitem__ must return "
        "tensors of the same shape for every index.",
    ),
    (
        r"Sizes of tensors must match except in dimension",
        "torch.cat joins along one dimension, and all other sizes must be equal: print the shapes, "
        "and check dim.",
    ),
    (
        r"Dimension out of range",
        "The tensor has fewer dimensions than dim says: print its shape; the first dimension is 0.",
    ),
    (
        r"too many indices for tensor",
        "The tensor has fewer dimensions than there are indices: print its shape.",
    ),
    (
        r"(len\(\)|iteration) (of|over) a 0-d tensor|invalid index of a 0-dim tensor",
        "This tensor is a single number, without a dimension: was it reduced by mean() or sum(), "
        "or is the wrong name used?",
    ),
    (
        r"arguments to matmul need to be at least 1D",
        "@ needs vectors or matrices, and one side is a single number: multiply numbers with *.",
    ),
    (
        r"cannot be converted to Scalar|only one element tensors can be converted",
        "item() and float() need a tensor with one element, and this one has several: reduce it "
        "first, for example with mean(), or use tolist(). Tensors are joined with torch.stack.",
    ),
    (
        r"Boolean value of Tensor with more than one value is ambiguous",
        "A tensor with several elements is neither true nor false: reduce it with all(), any() or "
        "mean(). A loss module takes the tensors in a second call: nn.MSELoss()(prediction, y).",
    ),
    # Classes and indices
    (
        r"0D or 1D target tensor expected",
        "CrossEntropyLoss takes logits (N, classes) and targets (N,), one class index for each "
        "sample: remove the dimension of size 1 with squeeze(1).",
    ),
    (
        r"Expected input batch_size \(\d+\) to match target batch_size",
        "There are not as many predictions as targets: both must come from the same batch. Print "
        "both shapes.",
    ),
    (
        r"Target -?\d+ is out of bounds",
        "A label is not one of the classes: with k outputs, labels go from 0 to k − 1. Check the "
        "out_features of the last layer, and whether labels start at 0.",
    ),
    (
        r"IndexError: .*(out of range|out of bounds)",
        "The index is too large: the last one is length − 1. Print the index and the length or "
        "shape.",
    ),
    (
        r"all elements of input should be between 0 and 1",
        "BCELoss takes probabilities, and these are not between 0 and 1: apply a sigmoid first, or "
        "give the logits to BCEWithLogitsLoss.",
    ),
    (
        r"builtin_function_or_method|'(method|function)' and|(and|not) '(method|function)'|"
        r"is the function \w+, which is not called",
        "A function stands where its result is needed: call it, with brackets, as in loss.item().",
    ),
    # Autograd
    (
        r"element 0 of tensors does not require grad",
        "The loss depends on no tensor with requires_grad=True, so there is nothing to "
        "differentiate: was it computed in no_grad(), or with detach(), item() or argmax()?",
    ),
    (
        r"backward through the graph a second time",
        "backward() frees the graph, and this loss still uses a part of it: compute prediction and "
        "loss anew in each step, and call backward() once.",
    ),
    (
        r"needed for gradient computation has been modified by an inplace operation",
        "backward() needs a value that += or a function with _ has overwritten: write a = a + b "
        "in place of a += b, and update parameters only after backward().",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        "A parameter is changed while autograd records: do the update within with torch.no_grad().",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "backward() starts from a single number, and this tensor has several: reduce the loss "
        "with mean() or sum().",
    ),
    (
        r"nly Tensors of floating point (and complex )?dtype can require gradients",
        "Whole numbers have no gradient: write them with a point, torch.tensor(1.0), or convert "
        "with float().",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "The tensor belongs to a graph: call detach() before numpy(), or item() for one number.",
    ),
    (
        r"'NoneType' object has no attribute '(zero_|data|detach|norm|abs|mean|sum)'|"
        r"unsupported operand type\(s\) for .*'NoneType'",
        "A value is None. A gradient is None before backward(), and for a tensor that is the "
        "result of an operation, such as w after w = w - …; a function without return gives None.",
    ),
    (
        r"NoneType'? object|NoneType\.__|not NoneType",
        "A value is None where another is needed: does the function that made it, for example "
        "forward(), have a return? A gradient is None before backward().",
    ),
    (
        r"derivative for aten::floor_divide is not implemented",
        "// divides and rounds down, which has no gradient: / divides.",
    ),
    # Dtypes and devices
    (
        r"log_softmax\w*\" not implemented for '(Long|Int)'",
        "CrossEntropyLoss takes the logits first and the class indices second: "
        "loss_function(logits, y).",
    ),
    (
        r"expected (target dtype to be|scalar type) Long",
        "CrossEntropyLoss takes class indices as whole numbers: convert the targets with long().",
    ),
    (
        r"the same dtype|have same dtype|expected scalar type|[Ff]ound dtype",
        "Two tensors have different dtypes: layers have float32, so convert the data with float(). "
        "NumPy's numbers are float64, and whole numbers are int64.",
    ),
    (
        r"can't be cast to the desired output type|could not infer output dtype|"
        r"not implemented for '(Long|Int|Byte|Bool)'",
        "A tensor of whole numbers or bools is used where numbers with decimals are needed: "
        "convert it with float(). BCEWithLogitsLoss takes targets of dtype float32, too.",
    ),
    (
        r"xpected all tensors to be on the same device|is not on the expected device",
        "The model and the data are on different devices: move both with .to(device).",
    ),
    (
        r"Found no NVIDIA driver|not compiled with CUDA",
        "This machine has no usable GPU: leave out cuda; the exercises need the CPU only.",
    ),
    # Modules and optimizers
    (
        r"__init__\(\) should return None",
        "__init__ has a return with a value: is the line def forward(self, x): missing above it?",
    ),
    (
        r"cannot assign \w+ before Module.__init__\(\) call|"
        r"object has no attribute '_(backward_hooks|forward_hooks|parameters|modules)'",
        "__init__ of a module must call super().__init__() in its first line.",
    ),
    (
        r"is missing the required \"forward\" function",
        "Calling a module calls its forward(): is there a method of exactly this name, indented as "
        "a part of the class?",
    ),
    (
        r"cannot assign '.*' as parameter",
        "A parameter cannot be replaced by a plain tensor: change its values within "
        "torch.no_grad(), for example with w -= step or w.copy_(values).",
    ),
    (
        r"optimizer got an empty parameter list",
        "The model has no parameters: does __init__ keep its layers as attributes (self.layer = …) "
        "or, for a list, in nn.ModuleList? A generator of parameters can be used only once.",
    ),
    (
        r"argument given to the optimizer should be an iterable|"
        r"'(Linear|Sequential|method)' object is not iterable",
        "An optimizer takes a collection of parameters: model.parameters(), with the brackets, or "
        "a list [w, b].",
    ),
    (
        r"can't optimize a non-leaf Tensor",
        "This tensor is the result of an operation: set requires_grad on the finished tensor, "
        "after all operations on it.",
    ),
    (
        r"'\w*Loss' object has no attribute '(backward|item)'",
        "This is the loss function and not a loss: call it first, "
        "loss = loss_function(prediction, y).",
    ),
    (
        r"'(float|int)' object has no attribute",
        "This is a plain number and not a tensor: item() gives such a number, and backward() needs "
        "the tensor.",
    ),
    (
        r"must be Tensor, not (ReLU|Sigmoid|Tanh|Softmax|LogSoftmax|Linear|Flatten|Dropout)\b|"
        r"operand type.*'(ReLU|Sigmoid|Tanh|Softmax|LogSoftmax|Linear|Flatten|Dropout)'",
        "This is a layer and not its result: make it first and then call it, nn.ReLU()(x), or use "
        "the function, torch.relu(x).",
    ),
    (
        r"argument '\w+' \(position \d+\) must be Tensor, not",
        "This function takes a tensor: make one with torch.tensor(…). A batch of a DataLoader is a "
        "list of tensors: unpack it, for x, y in loader.",
    ),
    # Datasets and loaders
    (
        r"has no len\(\)",
        "len() is not defined for it: a Dataset needs a method __len__ that returns the number of "
        "its samples.",
    ),
    (
        r"should implement __getitem__",
        "A Dataset needs a method __getitem__(self, index) that returns one sample: is it spelled "
        "with two underscores on each side, and indented as a part of the class?",
    ),
    (
        r"default_collate: batch must contain tensors",
        "The DataLoader cannot put these samples together: __getitem__ must return tensors or "
        "numbers. Does it have a return?",
    ),
    (
        r"num_samples should be a positive integer|batch_size should be a positive integer",
        "The Dataset is empty, or batch_size is not a positive whole number: print len(dataset).",
    ),
    (
        r"'DataLoader' object is not (subscriptable|an iterator)",
        "A DataLoader can only be looped over: for x, y in loader; its first batch is "
        "next(iter(loader)).",
    ),
    # Python
    (
        r"(too many|not enough) values to unpack",
        "The left side has another number of names than there are values on the right: print the "
        "right side. A DataLoader gives what __getitem__ returns, in this order.",
    ),
    (
        r"cannot unpack non-iterable",
        "There are several names on the left, but the right side is a single value: does the "
        "function return as many values?",
    ),
    (
        r"^UnboundLocalError",
        "A function that assigns a name has its own variable, which has no value yet here: assign "
        "it above this line, pass it as an argument, or use another name.",
    ),
    (
        r"^NameError",
        "Nothing of this name exists here: is it spelled as where it is assigned, assigned before "
        "this line, and imported? Attributes of a class need self.",
    ),
    (
        r"^(ModuleNotFoundError|ImportError)",
        "Python does not find what is imported: check the spelling; the exercises need only "
        "PyTorch, NumPy and scikit-learn.",
    ),
    (
        r"^(IndentationError|TabError)",
        "The spaces at the start of a line do not fit the lines around it: indent by four spaces "
        "after each colon, and use no tabs.",
    ),
    (
        r"SyntaxError: .* outside (function|loop)",
        "This line is not indented as a part of the function or loop that it belongs to: check the "
        "spaces at its start.",
    ),
    (
        r"null bytes",
        "The file has bytes that are no text: save it as plain text, in UTF-8.",
    ),
    (
        r"^SyntaxError",
        "Python cannot read this line: look for a missing bracket, comma, quote or colon here or "
        "in the line above; == compares, = assigns.",
    ),
    (
        r'missing 1 required positional arguments?: "dim"',
        "Say along which dimension: dim=1 works within each row, and dim=-1 within the last "
        "dimension.",
    ),
    (
        r"return_types\.\w+",
        "With dim, max(), min() and sort() return a pair, values and indices: take .values.",
    ),
    (
        r"bitwise_\w+_cpu|unsupported operand type\(s\) for \^",
        "^ combines bits: a power is ** in Python.",
    ),
    (
        r"^RecursionError",
        "A function or method calls itself without end: does it call its own name, or, as in "
        "len(self) in __len__, by another way?",
    ),
    (
        r"assigned grad expected to be a Tensor or None",
        "A gradient is cleared with w.grad = None or w.grad.zero_().",
    ),
    (
        r"TypeError: .*(missing \d+ required|takes .* positional argument|unexpected keyword)",
        "The call and the definition have different arguments: compare both. The first argument of "
        "a method is self, which the call leaves out.",
    ),
    (
        r"object is not callable",
        "Brackets follow something that is no function: is a function's name also used for a "
        "variable, or is an operator missing before the bracket?",
    ),
    (
        r"object is not (iterable|subscriptable)",
        "A loop, or an index in square brackets, needs something with several elements, and this "
        "has none: print it and its type.",
    ),
    (
        r"module 'exercise' has no attribute",
        "The check of this exercise uses this name of the program: is it still there, and spelled "
        "as before?",
    ),
    (
        r"^AttributeError",
        "The object before the dot has nothing of this name: check the spelling, the type of the "
        "object, and whether __init__ assigns it to self.",
    ),
)
"""Regular expressions for `Type: message`, and what to add to the message."""

WARNINGS: tuple[tuple[str, str], ...] = (
    (
        r"UserWarning: Using a target size \(.*\) that is different to the input size",
        "PyTorch warns that prediction and target have different shapes. They broadcast: with "
        "(N, 1) and (N,) each prediction is compared with every target. Give both the same shape.",
    ),
    (
        r"UserWarning: The \.grad attribute of a Tensor that is not a leaf",
        "PyTorch warns that grad of a result is read, which is None: after w = w - … the name w is "
        "a new tensor without a gradient. Change the parameter in place within torch.no_grad().",
    ),
)
"""Regular expressions for warnings of programs that go on and are wrong, and what they mean."""


def meaning(message: str) -> str:
    """Return what an error message means and what to check; empty if it is not a common one."""
    return _first(MEANINGS, message)


def warned(output: str) -> str:
    """Return what the first known warning in a program's output means; empty if there is none."""
    return _first(WARNINGS, output)


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((meant for pattern, meant in table if re.search(pattern, text)), "")
