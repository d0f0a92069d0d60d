# Writes a source with the content of a file: cmake -DINPUT=FILE -DOUTPUT=SOURCE -DNAME=kName -P embed.cmake
file(READ ${INPUT} content HEX)
string(LENGTH "${content}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${content}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes
       "${bytes}")
file(WRITE ${OUTPUT} "#include \"router/admin/embedded.h\"
namespace zeroway {
namespace {
constexpr unsigned char kBytes[] = {${bytes}0};
}
const std::string_view ${NAME}{reinterpret_cast<const char*>(kBytes), ${size}};
}  // namespace zeroway
")
